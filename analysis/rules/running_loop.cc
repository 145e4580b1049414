#include "analysis/rules/running_loop.h"

#include "analysis/fixes/async_way.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kAnyLibrary = "any";

// `except RuntimeError`, or a handler for everything.
bool handles_it(const UnitView& view, NodeId clause) {
  NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return true;
  std::string_view text = view.text(value);
  return text.find("RuntimeError") != std::string_view::npos || text.find("Exception") != std::string_view::npos;
}

bool expects_errors(const UnitView& view, NodeId statement) {
  for (const WithItem& item : view.facts().with_items) {
    if (item.statement != statement || item.value == kNoNode) continue;
    const Call* call = view.facts().call_at(item.value);
    if (call == nullptr) continue;
    if (loop_fact(view.callee(*call), view, LoopRole::expect) != nullptr) return true;
  }
  return false;
}

}  // namespace

const AsyncLibrary& library_of(const UnitView& view, FunctionId function) {
  const AsyncLibrary* found = nullptr;
  for (const Call& call : view.facts().calls) {
    if (!call.awaited || call.function != function || call.callee == kNoNode) continue;
    const ValueSet callee = view.callee(call);
    for (const AsyncLibrary& library : view.knowledge().libraries()) {
      const bool calls_it = callee.values.size() == 1 && callee.values[0].kind == ValueKind::external &&
                            root_of(callee.values[0].name) == library.name;
      if (!calls_it || !library.runs_on.empty()) continue;  // what runs on others says nothing
      if (found != nullptr && found != &library) return view.library();
      found = &library;
    }
  }
  return found != nullptr ? *found : view.library();
}

bool raises_inside(const UnitView& view, const LoopFact& fact, FunctionId function) {
  if (fact.library == kAnyLibrary) return true;
  const AsyncLibrary& library = library_of(view, function);
  return fact.library == library.name || fact.library == library.runs_on;
}

bool expects_error(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::with_statement && expects_errors(view, n)) return true;
    if (kind != Kind::try_statement || unit[child].field != Field::body) continue;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind == Kind::except_clause && handles_it(view, clause)) return true;
    }
  }
  return false;
}

bool in_expecting_block(const UnitView& view, NodeId node) {
  for (NodeId n = view.unit()[node].parent; n != kNoNode; n = view.unit()[n].parent) {
    Kind kind = view.unit()[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::with_statement && expects_errors(view, n)) return true;
  }
  return false;
}

bool loops_nest(const UnitView& view) {
  bool nest = false;
  for (const LoopFact& row : view.knowledge().loop_rows()) {
    if (row.role != LoopRole::patch) continue;
    view.each_unit_that_mentions({row.name.substr(row.name.rfind('.') + 1)}, [&](const UnitView& other) {
      for (const LoopCall& call : other.loop_calls()) nest |= call.as(LoopRole::patch) != nullptr;
    });
  }
  return nest;
}

std::string_view patched_elsewhere(const UnitView& view) {
  Linker& linker = view.linker();
  for (const LoopFact& row : view.knowledge().loop_rows()) {
    if (row.role != LoopRole::patch) continue;
    const std::string_view name = row.name.substr(row.name.rfind('.') + 1);
    const auto* calling = linker.calling(name);
    const std::vector<std::uint32_t> modules = calling == nullptr ? std::vector<std::uint32_t>() : *calling;
    const std::vector<std::uint32_t> hash{mention_hash(name)};
    for (const std::uint32_t m : modules) {
      const ModulePtr module = linker.modules()[m];  // a copy: resolving names adds modules
      for (std::uint32_t u = 0; m != 0 && u < module->units.size(); ++u) {
        if (!module->units[u].mentions_any(hash)) continue;
        const Uses& uses = module->units[u].data->uses();
        for (const Use& use : uses.uses) {
          if (use.kind != UseKind::call || uses.terms[use.target].text != name) continue;
          for (const Value& v : linker.values(uses.terms, use.target, {m, u}).values)
            if (view.knowledge().loop_fact(v.name, LoopRole::patch) != nullptr) return row.name;
        }
      }
    }
  }
  return {};
}

}  // namespace awaitd::analysis
