#include "analysis/fixes/lock_fix.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/lock_home.h"
#include "analysis/fixes/region.h"

namespace awaitd::analysis {
namespace {

constexpr int kLockWithoutLoop = 10;  // from this Python 3 minor version a lock may be made before its loop

// "self._conn" -> "_conn_lock", "CACHE" -> "CACHE_LOCK", "self.cache[key]" -> "_cache_lock".
std::string lock_name(const std::string& place, bool global) {
  std::string name = place.substr(place.starts_with("::") ? 2 : 0);
  name = name.substr(0, name.find('['));
  if (std::size_t dot = name.rfind('.'); dot != std::string::npos) name = name.substr(dot + 1);
  bool upper = std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
               std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (global && upper) return name + "_LOCK";
  if (name.empty() || name[0] != '_') name = "_" + name;
  return name + "_lock";
}

// There is a lock of that name beside the state already: made for another section of it.
bool is_lock(const UnitView& view, const std::string& name, bool global, NodeId at) {
  const Facts& facts = view.facts();
  ValueSet values;
  if (global) {
    if (!view.is_global_at(name, at)) return false;
    values = view.meaning(name, at);
  } else {
    NodeId parameters = facts.functions[1].parameters;
    NodeId self = parameters == kNoNode ? kNoNode : view.unit().first_child(parameters);
    if (self == kNoNode || view.unit()[self].kind != Kind::identifier) return false;
    values = view.linker().attribute(view.meaning(view.text(self), at), name);
  }
  if (values.unknown || values.values.size() != 1 || values.values[0].kind != ValueKind::instance) return false;
  const LockFact* lock = view.knowledge().lock(values.values[0].name);
  return lock != nullptr && lock->task;
}

bool yields_inside(const UnitView& view, const Region& region) {
  const Facts& facts = view.facts();
  for (const Return& y : facts.yields) {
    if (y.function == region.function && region.holds(view.unit(), y.node)) return true;
  }
  return false;
}

// A function of that name is named between two nodes: on the same object if the lock hangs on it, else anywhere.
bool names(const UnitView& view, NodeId from, NodeId to, std::string_view function, bool on_self) {
  const Unit& unit = view.unit();
  for (NodeId n = from; n < to; ++n) {
    if (unit[n].kind != Kind::identifier || view.text(n) != function) continue;
    const bool attribute = unit[n].field == Field::attribute && unit[unit[n].parent].kind == Kind::attribute;
    if (!on_self || !attribute || view.text(unit.child(unit[n].parent, Field::object)) == "self") return true;
  }
  return false;
}

// Somebody holds that lock and calls this function, or what the statements call takes it: it would wait for itself.
bool meets_holder(const UnitView& view, const Region& region, const std::string& name, bool on_self) {
  bool meets = false;
  const std::string function = view.function_name(region.function);
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    if (other.at().unit == view.at().unit || other.unit().skeleton) return;
    const NodeId all = static_cast<NodeId>(other.unit().nodes.size());
    meets |= names(other, 0, all, function, on_self);
    meets |= names(view, region.begin(), region.end(view.unit()), other.function_name(1), on_self);
  });
  return meets;
}

// The function would wait for the lock that it holds itself.
bool calls_itself(const UnitView& view, const Region& region, bool on_self) {
  return names(view, region.begin(), region.end(view.unit()), view.function_name(region.function), on_self);
}

}  // namespace

std::optional<Fix> under_lock(const UnitView& view, const Race& race, bool probe) {
  const Unit& unit = view.unit();
  bool global = race.place.starts_with("::");
  std::string lock = std::string(view.library().name) + ".Lock";
  if (view.knowledge().lock(lock) == nullptr) return std::nullopt;
  if (view.library().offload_since > 0 && view.options().target < PythonVersion{3, kLockWithoutLoop})
    return std::nullopt;
  auto region = region_between(view, std::min(race.read, race.write), std::max(race.read, race.write));
  if (!region || region->function != race.function || yields_inside(view, *region) ||
      calls_itself(view, *region, !global))
    return std::nullopt;
  auto lines = whole_lines(unit, region->statements.front(), region->statements.back());
  auto indent = indentation_of(unit, region->begin());
  if (!lines || !indent) return std::nullopt;
  std::string name = race.lock.empty() ? lock_name(race.place, global) : race.lock.substr(race.lock.rfind('.') + 1);
  std::optional<Fix> made;
  if (!race.lock.empty() || is_lock(view, name, global, region->begin())) {
    if (meets_holder(view, *region, name, !global)) return std::nullopt;
    made = Fix{};
    made->files.push_back({});
  } else {
    auto home = global ? lock_beside_global(view, race.place, name) : lock_in_init(view, name);
    if (home && home->unit != view.at().unit) made = make_lock(view, *home, lock, "", probe);
  }
  if (!made) return std::nullopt;
  EditBuilder edits(view, probe);
  std::string eol(view.document().line_ending());
  std::string target = !race.lock.empty() ? race.lock : global ? name : "self." + name;
  edits.replace(*lines, *indent + "async with " + target + ":" + eol +
                            indented(unit, *lines, indentation_step(view, race.function)));
  auto fix = edits.finish("Hold a lock: async with " + target, Safety::suggested);
  return both(std::move(fix), std::move(made));
}

std::optional<Fix> await_first(const UnitView& view, const Race& race) {
  const Unit& unit = view.unit();
  if (race.kind != RaceKind::update || race.value == kNoNode) return std::nullopt;
  NodeId value = race.value, wait = race.suspension;
  NodeId statement = view.facts().statement_of(race.write);
  if (unit[wait].kind != Kind::await || wait < value || wait >= value + unit[value].size) return std::nullopt;
  if (view.facts().statement_of(race.read) != statement || !indentation_of(unit, statement)) return std::nullopt;
  int awaits = 0;
  for (NodeId n = value; n < value + unit[value].size; ++n) {
    Kind k = unit[n].kind;
    if (k == Kind::await) ++awaits;
    // What runs only sometimes, or before the await, must stay where it is.
    bool inner = n >= wait && n < wait + unit[wait].size;
    if (!inner && (k == Kind::call || k == Kind::conditional_expression || k == Kind::boolean_operator ||
                   k == Kind::named_expression || k == Kind::lambda))
      return std::nullopt;
  }
  // The awaited call must not be made from the very value.
  if (race.read > wait && race.read < wait + unit[wait].size) return std::nullopt;
  if (awaits != 1) return std::nullopt;
  auto name = free_name(view, "value");
  if (!name) return std::nullopt;
  EditBuilder edits(view);
  std::string eol(view.document().line_ending());
  edits.insert(unit[statement].start,
               *name + " = " + std::string(view.text(wait)) + eol + *indentation_of(unit, statement));
  edits.replace(wait, *name);
  return edits.finish("Await before reading " + place_name(race), Safety::suggested);
}

}  // namespace awaitd::analysis
