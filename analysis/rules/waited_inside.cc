#include "analysis/rules/waited_inside.h"

#include <algorithm>

#include "analysis/knowledge/timeouts.h"
#include "analysis/rules/loop_calls.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxSteps = 5;  // a task in a list under a name that is gathered has three

const ScopeFact* scope_row(const UnitView& view, const Call& call) {
  const ValueSet callee = view.callee(call);
  if (callee.values.size() != 1 || callee.unknown) return nullptr;
  return view.knowledge().timeout_scope(callee.values.front().name);
}

bool holds(const Unit& unit, const Range& part, NodeId node) {
  return part.start <= unit[node].start && unit[node].end <= part.end;
}

class Search {
 public:
  Search(const UnitView& view, const Range& part) : view_(view), unit_(view.unit()), part_(part) {}

  WaitedFor value(NodeId node, int steps) const {
    bool collected = false;
    for (NodeId parent = unit_[node].parent; parent != kNoNode; node = parent, parent = unit_[node].parent) {
      switch (unit_[parent].kind) {
        case Kind::await:
          return !collected && holds(unit_, part_, parent) ? WaitedFor::yes : WaitedFor::no;
        case Kind::list:
        case Kind::set:
        case Kind::tuple:
        case Kind::list_splat:
          collected = true;
          break;
        case Kind::list_comprehension:
        case Kind::set_comprehension:
        case Kind::generator_expression:
          if (unit_[node].field != Field::body) return WaitedFor::no;
          collected = true;
          break;
        case Kind::parenthesized_expression:
        case Kind::keyword_argument:
          break;
        case Kind::argument_list:
          return handed(unit_[parent].parent, steps);
        case Kind::assignment:
          return unit_[node].field == Field::right ? named(unit_.child(parent, Field::left), steps) : WaitedFor::no;
        default:
          return each_of(parent, node, steps);
      }
    }
    return WaitedFor::no;
  }

  bool group_ends(const Call& call) const {
    const NodeId group = receiver(call);
    if (group == kNoNode) return false;
    const auto& items = view_.facts().with_items;
    return std::any_of(items.begin(), items.end(), [&](const WithItem& item) {
      return item.target != kNoNode && view_.text(item.target) == view_.text(group) && item.statement < call.node &&
             call.node < item.statement + unit_[item.statement].size && holds(unit_, part_, item.statement);
    });
  }

 private:
  NodeId receiver(const Call& call) const {
    const bool method = call.callee != kNoNode && unit_[call.callee].kind == Kind::attribute;
    return method ? unit_.child(call.callee, Field::object) : kNoNode;
  }

  WaitedFor handed(NodeId taker, int steps) const {
    const Call* call = view_.facts().call_at(taker);
    if (call == nullptr || steps >= kMaxSteps) return WaitedFor::no;
    if (loop_fact(view_.callee(*call), view_, LoopRole::group_spawn) != nullptr && group_ends(*call))
      return WaitedFor::yes;
    const ScopeFact* row = scope_row(view_, *call);
    if (row == nullptr) return kept(*call, steps);
    const WaitedFor outer = value(taker, steps + 1);
    const bool bounds =
        row->form == ScopeFact::Form::call && (!row->optional || view_.facts().keyword(*call, row->keyword) != nullptr);
    return bounds && outer == WaitedFor::yes ? WaitedFor::in_time : outer;
  }

  // tasks.append(...)
  WaitedFor kept(const Call& call, int steps) const {
    const NodeId list = receiver(call);
    if (list == kNoNode || unit_[list].kind != Kind::identifier) return WaitedFor::no;
    const std::string_view method = view_.text(unit_.child(call.callee, Field::attribute));
    return method == "append" || method == "add" ? named(list, steps) : WaitedFor::no;
  }

  // for task in tasks: await task
  WaitedFor each_of(NodeId loop, NodeId iterable, int steps) const {
    const bool whole = unit_[loop].kind == Kind::for_statement && unit_[iterable].field == Field::right;
    return whole ? named(unit_.child(loop, Field::left), steps) : WaitedFor::no;
  }

  WaitedFor named(NodeId target, int steps) const {
    if (target == kNoNode || unit_[target].kind != Kind::identifier || steps >= kMaxSteps) return WaitedFor::no;
    const Facts& facts = view_.facts();
    const ScopeId scope = facts.function_of(target).scope;
    if (facts.bindings_in(scope, view_.text(target)).size() != 1) return WaitedFor::no;
    WaitedFor found = WaitedFor::no;
    for (NodeId n = target + 1; n < unit_.nodes.size(); ++n) {
      if (unit_[n].kind != Kind::identifier || unit_.text_of(n) != view_.text(target)) continue;
      if (unit_[n].field == Field::attribute || facts.function_of(n).scope != scope) continue;
      if (holds(unit_, part_, n)) found = std::max(found, value(n, steps + 1));
    }
    return found;
  }

  const UnitView& view_;
  const Unit& unit_;
  const Range& part_;
};

}  // namespace

WaitedFor waited_inside(const UnitView& view, NodeId coroutine, const Range& part) {
  return Search(view, part).value(coroutine, 0);
}

NodeId started_inside(const UnitView& view, const Call& call, const Range& part) {
  const LoopFact* fact = loop_fact(view.callee(call), view, LoopRole::group_spawn);
  const Argument* what = fact == nullptr ? nullptr : argument_of(view, call, *fact);
  if (what == nullptr || view.facts().call_at(what->value) != nullptr) return kNoNode;
  return Search(view, part).group_ends(call) ? what->value : kNoNode;
}

}  // namespace awaitd::analysis
