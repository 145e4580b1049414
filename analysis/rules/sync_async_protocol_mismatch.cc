// AWD508: with where only async with works, async for over a list, and so on: TypeError or AttributeError at run time.
#include "analysis/effects/names.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/protocols.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

struct Mismatch {
  NodeId value = kNoNode;      // the manager or the iterable
  NodeId statement = kNoNode;  // with_statement, for_statement or for_in_clause
  bool async = false;          // how it is written
  bool loop = false;
  std::string what;
  bool only = true;  // the only item of its with statement
};

std::string thing(const UnitView& view, NodeId value, const Value& v) {
  std::string_view text = view.text(value);
  if (text.size() <= 40 && text.find('\n') == std::string_view::npos) return "`" + std::string(text) + "`";
  return "`" + v.name.substr(v.name.rfind('.') + 1) + "`";
}

// An instance of a library's class; containers of the language and what the project makes are known for sure.
bool is_foreign(const Value& v) {
  return v.kind == ValueKind::instance && v.id == 0 && !v.name.starts_with("builtins.");
}

// Fills what and returns true if none of the things the value can be has the protocol, and all have the other one.
bool mismatched(const UnitView& view, NodeId value, Protocol wanted, Protocol other, std::string& what) {
  ValueSet values = view.values(value);
  if (values.unknown || values.values.empty()) return false;
  const bool written_async = wanted == Protocol::aenter || wanted == Protocol::aiterate;
  for (const Value& v : values.values) {
    // Whoever writes `async` knows of an async variant that the declared type of a library does not tell.
    if (written_async && is_foreign(v)) return false;
    if (view.knowledge().timeout_scope(v.name) != nullptr) return false;  // AWD603
    if (v.probable || has_protocol(view, v, wanted) != Has::no || has_protocol(view, v, other) != Has::yes)
      return false;
  }
  what = thing(view, value, values.values.front());
  return true;
}

std::vector<Mismatch> mismatches(const UnitView& view) {
  std::vector<Mismatch> found;
  const Facts& facts = view.facts();
  for (const WithItem& item : facts.with_items) {
    if (item.value == kNoNode) continue;
    Mismatch m{item.value, item.statement, item.async, false, {}, true};
    Protocol plain = Protocol::enter, async = Protocol::aenter;
    if (!mismatched(view, item.value, item.async ? async : plain, item.async ? plain : async, m.what)) continue;
    for (const WithItem& other : facts.with_items) m.only &= &other == &item || other.statement != item.statement;
    found.push_back(std::move(m));
  }
  for (const Loop& loop : facts.loops) {
    if (loop.iterable == kNoNode) continue;
    Mismatch m{loop.iterable, loop.node, loop.async, true, {}, true};
    Protocol plain = Protocol::iterate, async = Protocol::aiterate;
    if (mismatched(view, loop.iterable, loop.async ? async : plain, loop.async ? plain : async, m.what))
      found.push_back(std::move(m));
  }
  return found;
}

std::optional<Fix> fixed(const UnitView& view, const Mismatch& m, bool probe) {
  const Unit& unit = view.unit();
  if (!m.only) return std::nullopt;
  EditBuilder edits(view, probe);
  if (!m.async) {
    // An async comprehension changes what is around it; a statement does not.
    if (unit[m.statement].kind == Kind::for_in_clause || !can_await(view, m.statement)) return std::nullopt;
    edits.insert(unit[m.statement].start, "async ");
    return edits.finish(m.loop ? "Write `async for`" : "Write `async with`", Safety::safe);
  }
  NodeId word = unit.child(m.statement, Kind::kw_async);
  if (word == kNoNode) return std::nullopt;
  std::size_t next = unit.text.find_first_not_of(" \t", unit[word].end);
  if (next == std::string::npos) return std::nullopt;
  edits.replace(Range{unit[word].start, static_cast<std::uint32_t>(next)}, "");
  return edits.finish(m.loop ? "Write `for`" : "Write `with`", Safety::safe);
}

void check(const UnitView& view, Report& report) {
  if (view.facts().with_items.empty() && view.facts().loops.empty()) return;
  for (const Mismatch& m : mismatches(view)) {
    std::string text = m.what;
    if (m.loop)
      text += m.async ? " is no async iterator: `async for` raises TypeError; write `for`."
                      : " is an async iterator: `for` raises TypeError; write `async for`.";
    else
      text += m.async ? " is no async context manager: `async with` raises TypeError; write `with`."
                      : " is an async context manager: `with` raises TypeError; write `async with`.";
    if (in_expecting_block(view, m.value)) continue;
    Finding& finding = report.add(m.value, std::move(text));
    finding.fixable = fixed(view, m, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Mismatch& m : mismatches(view)) {
    if (view.document_range(m.value) == finding.range) return fixes.add(fixed(view, m, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule sync_async_protocol_mismatch = {
    .code = "AWD508",
    .name = "sync-async-protocol-mismatch",
    .summary = "with, for, async with or async for on something that has the other protocol",
    .severity = Severity::error,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
