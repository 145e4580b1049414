#include "analysis/fixes/lock_fix.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
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

// Where the lock is made: behind a statement of some unit, or before one.
struct Place {
  std::uint32_t unit = 0;
  NodeId behind = kNoNode;
  std::string target;  // "self._conn_lock"
};

bool has_member(const UnitView& view, const std::string& name) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  return cls != kNone && view.linker().index().tables->classes[cls].members.count(name) != 0;
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

std::optional<Place> in_init(const UnitView& view, const std::string& name) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (cls == kNone || has_member(view, name)) return std::nullopt;
  std::optional<Place> found;
  view.each_unit([&](const UnitView& other) {
    if (other.linker().unit(other.at()).cls != cls || other.unit().skeleton || other.facts().functions.size() < 2)
      return;
    const Function& init = other.facts().functions[1];
    if (other.function_name(1) != "__init__" || init.body == kNoNode || init.parameters == kNoNode) return;
    NodeId self = other.unit().first_child(init.parameters), last = kNoNode;
    for (NodeId c : children(other.unit(), init.body)) {
      if (other.unit()[c].kind != Kind::comment) last = c;
    }
    if (self == kNoNode || last == kNoNode || other.unit()[last].kind == Kind::return_statement) return;
    if (!indentation_of(other.unit(), last)) return;
    found = Place{other.at().unit, last, std::string(other.text(self)) + "." + name};
  });
  return found;
}

std::optional<Place> beside_global(const UnitView& view, const std::string& place, const std::string& name) {
  std::string global = place.substr(
      2, place.find_first_of(".[") == std::string::npos ? std::string::npos : place.find_first_of(".[") - 2);
  if (view.linker().index().tables->globals.contains(name)) return std::nullopt;
  std::optional<Place> found;
  view.each_unit([&](const UnitView& other) {
    if (found || !other.unit().skeleton) return;
    const Facts& facts = other.facts();
    for (const Binding& b : facts.bindings) {
      if (b.name != global || (b.kind != BindingKind::assign && b.kind != BindingKind::annotation)) continue;
      if (!facts.functions[facts.scopes[b.scope].function].module || facts.scopes[b.scope].kind != ScopeKind::module)
        continue;
      NodeId statement = b.target == kNoNode ? kNoNode : facts.statement_of(b.target);
      if (statement == kNoNode || other.unit()[other.unit()[statement].parent].kind != Kind::module) continue;
      found = Place{other.at().unit, statement, name};
      return;
    }
  });
  return found;
}

// The edit that makes the lock, with its import.
std::optional<Fix> creation(const UnitView& view, const Place& place, std::string_view lock, bool probe) {
  UnitView home(view, place.unit);
  EditBuilder edits(home, probe);
  auto name = edits.name_for(lock, place.behind);
  if (!name) return std::nullopt;
  std::string eol(view.document().line_ending());
  std::string indent =
      place.target.find('.') == std::string::npos ? "" : indentation_of(home.unit(), place.behind).value_or("");
  // Behind the line, a comment on it included.
  std::uint32_t end = home.unit()[place.behind].end;
  std::uint32_t to = home.document_range(place.behind).end;
  std::uint32_t line = to;
  const std::string& text = view.document().text();
  while (line < text.size() && text[line] != '\n' && text[line] != '\r') ++line;
  std::string_view rest = std::string_view(text).substr(to, line - to);
  std::size_t code = rest.find_first_not_of(" \t");
  if (code != std::string_view::npos && rest[code] != '#') return std::nullopt;
  std::string made = eol + indent + place.target + " = " + *name + "()";
  edits.insert(end, made);
  auto fix = edits.finish("", Safety::suggested);
  if (!fix || fix->files.size() != 1) return std::nullopt;
  for (Edit& e : fix->files[0].edits) {
    if (e.text == made && e.range.start == to) e.range = {line, line};
  }
  return fix;
}

bool yields_inside(const UnitView& view, const Region& region) {
  const Facts& facts = view.facts();
  for (const Return& y : facts.yields) {
    if (y.function == region.function && region.holds(view.unit(), y.node)) return true;
  }
  return false;
}

// The function would wait for the lock that it holds itself.
bool calls_itself(const UnitView& view, const Region& region) {
  const Unit& unit = view.unit();
  std::string name = view.function_name(region.function);
  for (NodeId n = region.begin(); n < region.end(unit); ++n) {
    if (unit[n].kind == Kind::identifier && view.text(n) == name) return true;
  }
  return false;
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
  if (!region || region->function != race.function || yields_inside(view, *region) || calls_itself(view, *region))
    return std::nullopt;
  auto lines = whole_lines(unit, region->statements.front(), region->statements.back());
  auto indent = indentation_of(unit, region->begin());
  if (!lines || !indent) return std::nullopt;
  std::string name = lock_name(race.place, global);
  std::optional<Fix> made;
  if (is_lock(view, name, global, region->begin())) {
    made = Fix{};
    made->files.push_back({});
  } else {
    auto place = global ? beside_global(view, race.place, name) : in_init(view, name);
    if (place && place->unit != view.at().unit) made = creation(view, *place, lock, probe);
  }
  if (!made) return std::nullopt;
  EditBuilder edits(view, probe);
  std::string eol(view.document().line_ending());
  std::string target = global ? name : "self." + name;
  edits.replace(*lines, *indent + "async with " + target + ":" + eol +
                            indented(unit, *lines, indentation_step(view, race.function)));
  auto fix = edits.finish("Hold a lock: async with " + target, Safety::suggested);
  if (!fix || fix->files.size() != 1) return std::nullopt;
  auto& all = fix->files[0].edits;
  for (Edit& e : made->files[0].edits) all.push_back(std::move(e));
  std::sort(all.begin(), all.end(), [](const Edit& a, const Edit& b) { return a.range.start < b.range.start; });
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].range.start < all[i - 1].range.end) return std::nullopt;
  }
  return fix;
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
