// Naming and collecting the places: what the events of a flow read and write, also through methods of the same object.
#include "analysis/rules/shared_state.h"

#include <algorithm>

#include "analysis/flow/queries.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/absence.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxParts = 5;     // a.b.c.d.e names a place, longer paths do not
constexpr int kHelperDepth = 2;  // methods that call methods
constexpr std::size_t kMaxAccesses = 2000;

bool is_container(const UnitView& view, NodeId node) {
  for (const Value& v : view.values(node).values) {
    if (v.kind == ValueKind::instance && has_role(v.name, "mutable")) return true;
  }
  return false;
}

// By unit and depth.
struct HelperEffects {
  struct Kept {
    HelperEffect effect;
    Looked looked;
  };
  std::map<std::pair<std::uint32_t, int>, Kept> by_unit;

  void units_change(std::span<const std::uint32_t> changed) {
    auto is_changed = [&](std::uint32_t unit) {
      return std::find(changed.begin(), changed.end(), unit) != changed.end();
    };
    std::erase_if(by_unit, [&](const auto& entry) {
      const Looked& looked = entry.second.looked;
      return looked.around || !looked.names.empty() ||
             std::any_of(looked.units.begin(), looked.units.end(), is_changed);
    });
  }
};

// True if the module binds a name to what may change: not to an import or a function.
bool is_module_variable(const UnitView& view, std::string_view name) {
  const ModuleIndex& index = view.linker().index();
  const auto* found = index.tables->globals.find(name);
  if (found == nullptr) return false;
  bool variable = false;
  for (const Member& member : *found) {
    for (const ExportedName& e : index.units[member.unit].data->exports->globals) {
      if (e.name != name) continue;
      if (e.kind == BindingKind::import || e.kind == BindingKind::from_import || e.kind == BindingKind::function)
        return false;
      variable = true;
    }
  }
  return variable;
}

}  // namespace

bool is_constant(const Unit& unit, NodeId value) {
  if (value == kNoNode) return false;
  switch (unit[inside_parentheses(unit, value)].kind) {
    case Kind::none:
    case Kind::true_:
    case Kind::false_:
    case Kind::integer:
    case Kind::float_:
    case Kind::string:
      return true;
    default:
      return false;
  }
}

bool is_falsy(const Unit& unit, NodeId value) {
  if (value == kNoNode) return false;
  value = inside_parentheses(unit, value);
  std::string_view text = unit.text_of(value);
  switch (unit[value].kind) {
    case Kind::none:
    case Kind::false_:
      return true;
    case Kind::list:
    case Kind::dictionary:
    case Kind::tuple:
      return unit[value].size == 1;
    case Kind::call:
      return text == "set()" || text == "dict()" || text == "list()";
    default:
      return text == "0" || text == "\"\"" || text == "''" || text == "b\"\"" || text == "b''";
  }
}

SharedFlow::SharedFlow(const UnitView& view, FunctionId function, int depth)
    : view_(view), unit_(view.unit()), facts_(view.facts()), function_(function), flow_(view.flow(function)) {
  if (!flow_.complete) return;
  guarded_ = guarded_parts(view, function);
  for (std::uint32_t b = 0; b < facts_.bindings.size(); ++b) {
    const Binding& binding = facts_.bindings[b];
    const bool declares = binding.kind == BindingKind::global || binding.kind == BindingKind::nonlocal;
    if (declares && binding.scope == facts_.functions[function].scope) declarations_.push_back(b);
  }
  collect();
  for (EventId e = 0; e < flow_.events.size() && depth < kHelperDepth; ++e) {
    if (flow_.events[e].kind == EventKind::call || flow_.events[e].kind == EventKind::await)
      helper_call(e, flow_.events[e], depth);
  }
  mark_tests(depth);
  std::stable_sort(accesses_.begin(), accesses_.end(),
                   [](const SharedAccess& a, const SharedAccess& b) { return a.event < b.event; });
}

bool SharedFlow::is_self(NodeId identifier) const {
  if (view_.linker().unit(view_.at()).cls == kNone || facts_.functions.size() < 2) return false;
  NodeId parameters = facts_.functions[1].parameters;
  NodeId first = parameters == kNoNode ? kNoNode : unit_.first_child(parameters);
  if (first != kNoNode && unit_[first].kind == Kind::typed_parameter) first = unit_.first_child(first);
  if (first == kNoNode || unit_[first].kind != Kind::identifier) return false;
  std::string_view name = unit_.text_of(first);
  if (unit_.text_of(identifier) != name) return false;
  // Not hidden by a parameter or local of a nested function.
  for (ScopeId s = facts_.scope_of[identifier]; s != kNone; s = facts_.scopes[s].parent) {
    auto bound = facts_.bindings_in(s, name);
    if (!bound.empty()) return bound.size() == 1 && facts_.scopes[s].function == 1;
  }
  return false;
}

bool SharedFlow::is_shared_global(NodeId identifier) const {
  const std::string_view name = unit_.text_of(identifier);
  bool declared = false;
  for (std::uint32_t b : declarations_) {
    if (facts_.bindings[b].name != name) continue;
    if (facts_.bindings[b].kind == BindingKind::nonlocal) return true;
    declared = true;
  }
  return is_module_variable(view_, name) && (declared || view_.is_global_at(name, identifier));
}

// `cache = self._cache`: what a local stands for, if it is one thing only.
NodeId SharedFlow::alias(NodeId identifier) const {
  const Function& fn = facts_.functions[function_];
  auto bound = facts_.bindings_in(fn.scope, unit_.text_of(identifier));
  if (bound.size() != 1) return kNoNode;
  const Binding& b = facts_.bindings[bound[0]];
  if (b.kind != BindingKind::assign || b.index != -1 || b.value == kNoNode || unit_[b.value].kind != Kind::attribute)
    return kNoNode;
  return b.value;
}

std::string SharedFlow::place_of(NodeId node, bool object) const {
  std::string tail;
  for (int parts = 0; node != kNoNode && parts < kMaxParts; ++parts) {
    node = inside_parentheses(unit_, node);
    switch (unit_[node].kind) {
      case Kind::identifier: {
        if (is_self(node)) return tail.empty() ? std::string() : "self" + tail;
        if (is_shared_global(node)) return "::" + std::string(unit_.text_of(node)) + tail;
        NodeId other = tail.empty() && !object ? kNoNode : alias(node);
        if (other == kNoNode) return {};
        node = other;
        continue;
      }
      case Kind::attribute: {
        NodeId name = unit_.child(node, Field::attribute);
        if (name == kNoNode) return {};
        tail = "." + std::string(unit_.text_of(name)) + tail;
        node = unit_.child(node, Field::object);
        continue;
      }
      case Kind::subscript: {
        NodeId key = unit_.child(node, Field::subscript);
        if (key == kNoNode || !key_is_stable(key)) return {};
        tail = "[" + std::string(unit_.text_of(key)) + "]" + tail;
        node = unit_.child(node, Field::value);
        continue;
      }
      default:
        return {};
    }
  }
  return {};
}

// Two equal texts mean the same key: constants, names, attributes and tuples of them.
bool SharedFlow::key_is_stable(NodeId key) const {
  for (NodeId n = key; n < key + unit_[key].size; ++n) {
    switch (unit_[n].kind) {
      case Kind::call:
      case Kind::await:
      case Kind::slice:
      case Kind::lambda:
      case Kind::named_expression:
        return false;
      default:
        break;
    }
  }
  return true;
}

std::string SharedFlow::item(NodeId container, NodeId key) const {
  if (container == kNoNode || key == kNoNode || !key_is_stable(key)) return {};
  std::string place = place_of(container, true);
  return place.empty() ? place : place + "[" + std::string(unit_.text_of(key)) + "]";
}

void SharedFlow::add(EventId event, Touch touch, NodeId node, std::string place, NodeId value) {
  if (place.empty() || accesses_.size() > kMaxAccesses) return;
  accesses_.push_back({event, touch, node, value, std::move(place), false, flow_.events[event].augmented, false});
}

void SharedFlow::collect() {
  for (EventId id = 0; id < flow_.events.size(); ++id) {
    const Event& e = flow_.events[id];
    if (e.deferred || e.node == kNoNode) continue;
    switch (e.kind) {
      case EventKind::read_name:
      case EventKind::read_attribute:
      case EventKind::read_item:
        if (e.kind != EventKind::read_name || unit_[e.node].kind == Kind::identifier)
          add(id, Touch::read, e.node, place_of(e.node));
        break;
      case EventKind::write_name:
        // A local by that name is no place; `global` and `nonlocal` names are.
        if (unit_[e.node].kind == Kind::identifier && is_shared_global(e.node))
          add(id, Touch::write, e.node, place_of(e.node), e.value);
        break;
      case EventKind::write_attribute:
      case EventKind::write_item:
        add(id, Touch::write, e.node, place_of(e.node), e.value);
        break;
      case EventKind::delete_attribute:
      case EventKind::delete_item:
        add(id, Touch::erase, e.node, place_of(e.node));
        break;
      case EventKind::operate: {
        if (unit_[e.node].kind != Kind::comparison_operator) break;
        if (unit_.child(e.node, Kind::kw_in) == kNoNode && unit_.child(e.node, Kind::kw_not_in) == kNoNode) break;
        NodeId key = unit_.first_child(e.node), container = kNoNode;
        for (NodeId c : children(unit_, e.node)) {
          if (unit_[c].field != Field::operators && unit_[c].kind != Kind::comment) container = c;
        }
        add(id, Touch::read, e.node, item(container, key));
        break;
      }
      case EventKind::call:
        method_call(id, e);
        break;
      default:
        break;
    }
  }
}

void SharedFlow::method_call(EventId event, const Event& e) {
  const Call* call = facts_.call_at(e.node);
  if (call == nullptr || call->callee == kNoNode || unit_[call->callee].kind != Kind::attribute) return;
  NodeId object = unit_.child(call->callee, Field::object), method = unit_.child(call->callee, Field::attribute);
  if (object == kNoNode || method == kNoNode) return;
  std::string_view name = unit_.text_of(method);
  bool reads = name == "get" || name == "setdefault" || name == "pop";
  bool grows = name == "add" || name == "append" || name == "appendleft";
  bool erases = name == "discard" || name == "remove" || name == "pop";
  if (!reads && !grows && !erases) return;
  std::string container = place_of(object, true);
  if (container.empty() || !is_container(view_, object)) return;
  const Argument* first = facts_.positional(*call, 0);
  if (grows) add(event, Touch::grow, e.node, container);
  if (first == nullptr) return;
  std::string place = item(object, first->value);
  if (grows && name == "add") add(event, Touch::write, e.node, place);
  if (reads) add(event, Touch::read, e.node, place);
  // setdefault looks and stores in one go: whatever was read before is looked at anew.
  if (name == "setdefault") accesses_.back().test = true;
  if (erases && call->argument_count == 1) add(event, Touch::erase, e.node, place);
}

// A call of a method of the same object or of a function of this module: what it does to the places.
void SharedFlow::helper_call(EventId event, const Event& e, int depth) {
  NodeId node = e.kind == EventKind::await ? inside_parentheses(unit_, e.value == kNoNode ? e.node : e.value) : e.node;
  const Call* call = facts_.call_at(node);
  if (call == nullptr || call->callee == kNoNode) return;
  NodeId callee = call->callee;
  bool method = unit_[callee].kind == Kind::attribute;
  if (method) {
    NodeId object = unit_.child(callee, Field::object);
    if (object == kNoNode || unit_[object].kind != Kind::identifier || !is_self(object)) return;
  } else if (unit_[callee].kind != Kind::identifier) {
    return;
  }
  ValueSet values = view_.callee(*call);
  if (values.values.size() != 1) return;
  const Value& v = values.values.front();
  if (v.kind != ValueKind::function || v.module != 0 || v.id != 1 || v.unit == view_.at().unit) return;
  bool async = view_.linker().signature(v).async;
  if (async != (e.kind == EventKind::await)) return;
  const HelperEffect& summary = summary_of(v.unit, depth + 1);
  if (summary.writes.empty() && summary.reads.empty()) return;
  HelperEffect effect = summary;
  effect.async = async;
  helpers_.emplace(event, std::move(effect));
}

const HelperEffect& SharedFlow::summary_of(std::uint32_t unit, int depth) const {
  auto& known = view_.effects().memo().of<HelperEffects>().by_unit;
  auto found = known.find({unit, depth});
  if (found == known.end()) {
    HelperEffects::Kept kept;
    const UnitView other(view_.analysis(), unit, view_.effects());
    if (!other.unit().skeleton && other.facts().functions.size() > 1)
      kept.effect = SharedFlow(other, 1, depth).summary();
    kept.looked = other.looked();
    kept.looked.at(unit);
    found = known.emplace(std::pair(unit, depth), std::move(kept)).first;
  }
  view_.look(found->second.looked);
  return found->second.effect;
}

// What a property or a method that is asked in a condition reads counts as asked for.
void SharedFlow::through_helper(EventId event, NodeId node, int depth) {
  const Event& e = flow_.events[event];
  std::vector<std::string> reads;
  if (e.kind == EventKind::call) {
    if (const HelperEffect* helper = helper_at(event); helper != nullptr && !helper->async) reads = helper->reads;
  } else if (e.kind == EventKind::read_attribute && depth < kHelperDepth) {
    NodeId object = unit_.child(e.node, Field::object), name = unit_.child(e.node, Field::attribute);
    if (object == kNoNode || name == kNoNode || unit_[object].kind != Kind::identifier || !is_self(object)) return;
    ValueSet self = view_.values(object);
    if (self.values.size() != 1) return;
    std::vector<Value> found = view_.linker().member_functions(self.values.front(), unit_.text_of(name));
    if (found.size() != 1 || found[0].module != 0 || found[0].id != 1 || found[0].unit == view_.at().unit) return;
    std::vector<std::string_view> effects = view_.linker().decorator_effects(found[0]);
    if (std::find(effects.begin(), effects.end(), "property") == effects.end()) return;
    reads = summary_of(found[0].unit, depth + 1).reads;
  }
  for (std::string& place : reads) {
    accesses_.push_back({event, Touch::read, node, kNoNode, std::move(place), true, false, true});
  }
}

void SharedFlow::mark_tests(int depth) {
  std::vector<EventId> asked;
  for (const Block& block : flow_.blocks) {
    if (block.condition == kNoNode || !block.reachable) continue;
    for (EventId e : flow_.inside(unit_, block.condition)) asked.push_back(e);
  }
  // Locals that are asked for: `conn = self._conn` and then `if conn is None`.
  std::vector<std::string_view> locals;
  for (EventId e : asked) {
    if (flow_.events[e].kind == EventKind::read_name) locals.push_back(unit_.text_of(flow_.events[e].node));
  }
  for (const Event& e : flow_.events) {
    if (e.kind != EventKind::write_name || e.value == kNoNode || e.augmented) continue;
    if (std::find(locals.begin(), locals.end(), unit_.text_of(e.node)) == locals.end()) continue;
    for (EventId inner : flow_.inside(unit_, e.value)) asked.push_back(inner);
  }
  std::sort(asked.begin(), asked.end());
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
  for (SharedAccess& a : accesses_)
    a.test |= a.touch == Touch::read && std::binary_search(asked.begin(), asked.end(), a.event);
  // So are those whose absence has a handler.
  for (SharedAccess& a : accesses_)
    a.test |= a.touch == Touch::read && !handlers_of_absence(view_, flow_, a.event).empty();
  for (EventId e : asked) through_helper(e, flow_.events[e].node, depth);
}

std::vector<const SharedAccess*> SharedFlow::at(EventId event) const {
  std::vector<const SharedAccess*> found;
  auto it = std::lower_bound(accesses_.begin(), accesses_.end(), event,
                             [](const SharedAccess& a, EventId e) { return a.event < e; });
  for (; it != accesses_.end() && it->event == event; ++it) found.push_back(&*it);
  return found;
}

const HelperEffect* SharedFlow::helper_at(EventId event) const {
  auto it = helpers_.find(event);
  return it == helpers_.end() ? nullptr : &it->second;
}

bool SharedFlow::written(const std::string& place) const {
  for (const SharedAccess& a : accesses_) {
    if (a.touch != Touch::read && a.place == place) return true;
  }
  for (const auto& [event, helper] : helpers_) {
    if (helper.writes.count(place) != 0) return true;
  }
  return false;
}

HelperEffect SharedFlow::summary() const {
  HelperEffect out;
  Reached early = explore_block(flow_, Flow::entry, {}, [](const Event& e, EventId) { return e.suspends; });
  auto asked_before = [&](const std::string& place, EventId event) {
    return std::any_of(accesses_.begin(), accesses_.end(),
                       [&](const SharedAccess& a) { return a.test && a.event < event && a.place == place; });
  };
  for (const SharedAccess& a : accesses_) {
    if (a.place.find('[') != std::string::npos) continue;  // its keys are names of this function
    if (a.touch == Touch::read) {
      if (std::find(out.reads.begin(), out.reads.end(), a.place) == out.reads.end()) out.reads.push_back(a.place);
      continue;
    }
    if (a.touch != Touch::write || !flow_.block_of(a.event).reachable) continue;
    HelperWrite& w = out.writes[a.place];
    bool first = w.name.empty();
    (early.events[a.event] ? w.before : w.after) = true;
    w.checked |= asked_before(a.place, a.event);
    bool falsy = is_falsy(unit_, a.value);
    if (!first && (w.falsy || !falsy) && !(w.falsy && !falsy)) continue;
    w.name = view_.function_name(function_);
    w.unit = view_.at().unit;
    w.node = a.node;
    w.falsy = falsy;
    w.constant = is_constant(unit_, a.value);
  }
  for (const auto& [event, helper] : helpers_) {
    for (const auto& [place, write] : helper.writes) {
      if (out.writes.count(place) != 0) continue;
      HelperWrite w = write;
      w.before = early.events[event] && write.before;
      w.after = write.after || !w.before;
      w.checked |= asked_before(place, event);
      out.writes.emplace(place, w);
    }
    for (const std::string& place : helper.reads) out.reads.push_back(place);
  }
  return out;
}

}  // namespace awaitd::analysis
