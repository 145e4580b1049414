#include "analysis/fixes/wait_fixes.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kLocksBindLate{3, 10};  // asyncio.Lock takes its loop on first use, not when it is made

// What is called: `lock` at module level, or the attribute of self in the classes of one module.
struct LockName {
  std::string_view text;       // "self._lock", "lock"
  std::string_view attribute;  // "_lock", empty for a global
};

std::vector<NodeId> mentions(const UnitView& view, const LockName& name) {
  std::vector<NodeId> found;
  const Unit& unit = view.unit();
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (name.attribute.empty()) {
      if (unit[n].kind == Kind::identifier && unit.text_of(n) == name.text && unit[n].field != Field::attribute) found.push_back(n);
    } else if (unit[n].kind == Kind::attribute) {
      NodeId attribute = unit.child(n, Field::attribute);
      if (attribute != kNoNode && unit.text_of(attribute) == name.attribute) found.push_back(n);
    }
  }
  return found;
}

// `with lock:` alone in a coroutine: the statement; kNoNode otherwise.
NodeId own_with(const UnitView& view, NodeId node) {
  NodeId statement = kNoNode;
  int items = 0;
  for (const WithItem& item : view.facts().with_items) {
    if (item.value == node && item.target == kNoNode && !item.async && view.facts().functions[item.function].async) statement = item.statement;
  }
  for (const WithItem& item : view.facts().with_items) items += item.statement == statement;
  return items == 1 ? statement : kNoNode;
}

// `lock = threading.Lock()`: the call.
NodeId made_here(const UnitView& view, NodeId node, const LockFact& fact) {
  const Unit& unit = view.unit();
  NodeId parent = unit[node].parent;
  if (parent == kNoNode || unit[parent].kind != Kind::assignment || unit[node].field != Field::left) return kNoNode;
  if (unit.child(parent, Field::type) != kNoNode) return kNoNode;
  NodeId value = unit.child(parent, Field::right);
  const Call* call = value == kNoNode ? nullptr : view.facts().call_at(value);
  if (call == nullptr || call->argument_count != 0) return kNoNode;
  ValueSet made = view.callee(*call);
  bool lock = made.values.size() == 1 && !made.unknown && made.values.front().name == fact.name;
  return lock ? value : kNoNode;
}

// "await wrap(fut)" in the table: what takes the receiver and can be awaited; empty if the replacement has another form.
std::string_view wrapper_of(std::string_view replacement) {
  constexpr std::string_view kAwait = "await ";
  if (!replacement.starts_with(kAwait)) return {};
  replacement.remove_prefix(kAwait.size());
  std::size_t open = replacement.find('('), close = replacement.find(')');
  bool one = open != std::string_view::npos && close != std::string_view::npos && close > open + 1 &&
             replacement.substr(open + 1, close - open - 1).find_first_of(" ,.=(") == std::string_view::npos;
  return one ? replacement.substr(0, open) : std::string_view();
}

}  // namespace

void fix_future(const UnitView& view, const BlockingEvent& event, FixList& fixes) {
  const Unit& unit = view.unit();
  std::string_view wrapper = event.fact->fix == FixKind::direct ? wrapper_of(event.fact->replacement) : std::string_view();
  if (wrapper.empty() || event.call == nullptr || event.call->argument_count != 0) return;
  if (unit[event.node].kind != Kind::attribute || !can_await(view, event.call->node)) return;
  NodeId future = unit.child(event.node, Field::object);
  EditBuilder edits(view, fixes.probe());
  auto wrap = edits.name_for(wrapper, event.call->node);
  if (!wrap || future == kNoNode) return;
  edits.replace(event.call->node, awaited(unit, event.call->node, *wrap + "(" + std::string(view.text(future)) + ")"));
  fixes.add(edits.finish("Await it with " + std::string(wrapper), Safety::suggested), true);
}

void fix_lock(const UnitView& view, NodeId lock, const LockFact& fact, FixList& fixes) {
  if (fact.reentrant || fact.replacement.empty() || view.options().target < kLocksBindLate) return;
  const Unit& unit = view.unit();
  LockName name{unit.text_of(lock), {}};
  if (unit[lock].kind == Kind::attribute) {
    if (unit.text_of(unit.child(lock, Field::object)) != "self") return;
    name.attribute = unit.text_of(unit.child(lock, Field::attribute));
  } else if (unit[lock].kind != Kind::identifier || !view.is_global_at(name.text, lock)) {
    return;
  }
  std::optional<Fix> whole;
  bool possible = true;
  int made = 0;
  view.each_unit([&](const UnitView& other) {
    EditBuilder edits(other, fixes.probe());
    bool any = false;
    for (NodeId node : mentions(other, name)) {
      if (!possible) return;
      if (NodeId call = made_here(other, node, fact); call != kNoNode) {
        auto replacement = edits.name_for(fact.replacement, call);
        possible = possible && replacement && ++made == 1;
        if (replacement) edits.replace(call, *replacement + "()");
      } else if (NodeId with = own_with(other, node); with != kNoNode) {
        edits.insert(other.unit()[with].start, "async ");
      } else {
        possible = false;
      }
      any = true;
    }
    if (!any || !possible) return;
    auto part = edits.finish("Use " + std::string(fact.replacement) + " with async with", Safety::suggested);
    possible = part.has_value();
    if (!part || part->files.empty()) return;
    if (!whole) {
      whole = std::move(part);
    } else {
      auto& all = whole->files.front().edits;
      all.insert(all.end(), part->files.front().edits.begin(), part->files.front().edits.end());
    }
  });
  if (!possible || made != 1 || !whole || whole->files.empty()) return;
  auto& all = whole->files.front().edits;
  std::sort(all.begin(), all.end(), [](const Edit& a, const Edit& b) { return a.range.start < b.range.start; });
  fixes.add(std::move(whole), true);
}

}  // namespace awaitd::analysis
