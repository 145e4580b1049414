#include "analysis/link/affected.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace awaitd::analysis {
namespace {

using Names = std::set<std::string_view>;

bool is_dunder(std::string_view name) { return name.size() > 4 && name.substr(0, 2) == "__" && name.ends_with("__"); }

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

// Deeper terms count as different.
constexpr int kDepth = 12;

bool same_term(const Terms& a, TermId x, const Terms& b, TermId y, int depth = 0) {
  const Term &left = a[x], &right = b[y];
  if (left.kind != right.kind || left.number != right.number || left.count != right.count || left.text != right.text ||
      left.base != right.base || left.shape != right.shape || (left.a == 0) != (right.a == 0) || (left.b == 0) != (right.b == 0) || depth > kDepth) {
    return false;
  }
  if (left.a != 0 && !same_term(a, left.a, b, right.a, depth + 1)) return false;
  if (left.b != 0 && !same_term(a, left.b, b, right.b, depth + 1)) return false;
  for (std::uint32_t i = 0; i < left.count; ++i) {
    if (!same_term(a, a.lists[left.first + i], b, b.lists[right.first + i], depth + 1)) return false;
  }
  return true;
}

// Names that are not bound to the same terms on both sides. A name may be bound several times: order counts.
// Tells what is in one of two lists only, but for what is the same at their ends: an edit is in one place.
template <typename Element, typename Same, typename Tell>
void each_different(const std::vector<Element>& left, const std::vector<Element>& right, Same&& same, Tell&& tell) {
  std::size_t common = std::min(left.size(), right.size());
  std::size_t front = 0, back = 0;
  while (front < common && same(left[front], right[front])) ++front;
  while (back < common - front && same(left[left.size() - 1 - back], right[right.size() - 1 - back])) ++back;
  for (std::size_t i = front; i < left.size() - back; ++i) tell(left[i]);
  for (std::size_t i = front; i < right.size() - back; ++i) tell(right[i]);
}

void add_different(const Exports& a, const std::vector<ExportedName>& left, const Exports& b,
                   const std::vector<ExportedName>& right, Names& out) {
  auto same = [&](const ExportedName& x, const ExportedName& y) {
    return x.name == y.name && x.kind == y.kind && same_term(a.terms, x.term, b.terms, y.term);
  };
  each_different(left, right, same, [&](const ExportedName& n) { out.insert(n.name); });
}

bool same_terms(const Exports& a, const std::vector<TermId>& left, const Exports& b, const std::vector<TermId>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](TermId x, TermId y) { return same_term(a.terms, x, b.terms, y); });
}

std::string_view class_name(const ModuleIndex& module, std::uint32_t cls) {
  return last_part(module.tables->classes[cls].qualname);
}

struct Changes {
  Names values;   // stand for other values
  Names used;     // do other things when they are called, but what they give is the same: constructors
  Names rebased;  // classes that may inherit other things
};

// What runs without its name being written: constructors, operators, with blocks.
void add_function(const ModuleIndex& module, std::uint32_t unit, const Signature& function, Changes& out) {
  Names& names = function.name == "__init__" ? out.used : out.values;
  if (!function.lambda && !function.name.empty()) names.insert(function.name);
  std::uint32_t cls = module.units[unit].cls;
  if (is_dunder(function.name) && cls != kNone) names.insert(class_name(module, cls));
}

// What a function gives may be a function inside it: a decorator's wrapper.
void add_outer(const ModuleIndex& module, std::uint32_t unit, const Exports& exports, Changes& out) {
  if (exports.functions.size() > 1) add_function(module, unit, exports.functions[1], out);
}

// A class of this module and the ones it inherits from, whose constructor may be its own.
void add_with_bases(const ModuleIndex& module, std::string_view name, Changes& out, int depth = 0) {
  constexpr int kMaxBases = 8;
  const auto* named = module.tables->named.find(name);
  if (named == nullptr || depth > kMaxBases) return;
  const bool fresh = out.values.insert(name).second;
  if (!out.rebased.insert(name).second && !fresh) return;
  for (const std::uint32_t c : *named) {
    const IndexedClass& cls = module.tables->classes[c];
    const Exports& exports = *module.units[cls.unit].data->exports;
    for (TermId base : exports.classes[cls.id].bases) add_with_bases(module, exports.terms[base].text, out, depth + 1);
  }
}

// Objects of a class are made otherwise: what a constructor is given hangs on its attributes.
void add_made(const ModuleIndex& module, std::uint32_t unit, const ExportedConstruction& made, Changes& out) {
  const std::uint32_t cls = module.units[unit].cls;
  const bool own = made.name == "cls" || made.name == "super";
  if (!own) return add_with_bases(module, made.name, out);
  if (cls != kNone) add_with_bases(module, class_name(module, cls), out);
}

void add_functions(const ModuleIndex& module, std::uint32_t unit, Changes& out) {
  for (const Signature& f : module.units[unit].data->exports->functions) add_function(module, unit, f, out);
}

void add_all(const ModuleIndex& module, std::uint32_t unit, Changes& out) {
  const Exports& exports = *module.units[unit].data->exports;
  add_functions(module, unit, out);
  for (const ExportedClass& cls : exports.classes) {
    out.values.insert(cls.name);
    out.rebased.insert(cls.name);
    for (const ExportedName& member : cls.members) out.values.insert(member.name);
  }
  for (const ExportedName& global : exports.globals) out.values.insert(global.name);
  for (const ExportedAttribute& attribute : exports.attributes) out.values.insert(attribute.name);
  for (const ExportedOutside& outside : exports.outside) out.values.insert(outside.name);
  for (const ExportedSetting& setting : exports.settings) out.values.insert(last_part(setting.receiver));
  for (const ExportedConstruction& made : exports.constructions) add_made(module, unit, made, out);
}

bool same_signature(const Exports& a, const Signature& left, const Exports& b, const Signature& right) {
  auto same = [&](TermId x, TermId y) { return same_term(a.terms, x, b.terms, y); };
  return left.name == right.name && left.cls == right.cls && left.async == right.async &&
         left.generator == right.generator && left.lambda == right.lambda && left.stub == right.stub &&
         left.declares == right.declares &&
         left.returns_value == right.returns_value && same(left.annotated, right.annotated) &&
         same(left.returned, right.returned) && same(left.yielded, right.yielded) &&
         same_terms(a, left.decorators, b, right.decorators) &&
         std::equal(left.parameters.begin(), left.parameters.end(), right.parameters.begin(), right.parameters.end(),
                    [&](const ExportedParameter& x, const ExportedParameter& y) {
                      return x.name == y.name && same(x.term, y.term);
                    });
}

// False if the two have no common shape.
bool add_different(const ModuleIndex& module, std::uint32_t unit, const Exports& before, const Exports& now,
                   Changes& out) {
  if (before.classes.size() != now.classes.size() || before.functions.size() != now.functions.size()) {
    return false;
  }
  auto same_outside = [&](const ExportedOutside& left, const ExportedOutside& right) {
    return left.name == right.name && same_term(before.terms, left.object, now.terms, right.object) &&
           same_term(before.terms, left.value, now.terms, right.value);
  };
  each_different(before.outside, now.outside, same_outside,
                 [&](const ExportedOutside& o) { out.values.insert(o.name); });
  auto same_made = [&](const ExportedConstruction& left, const ExportedConstruction& right) {
    auto same_given = [&](const ExportedConstruction::Given& x, const ExportedConstruction::Given& y) {
      return x.keyword == y.keyword && same_term(before.terms, x.value, now.terms, y.value);
    };
    return left.name == right.name && left.stars == right.stars &&
           same_term(before.terms, left.callee, now.terms, right.callee) &&
           std::equal(left.given.begin(), left.given.end(), right.given.begin(), right.given.end(), same_given);
  };
  each_different(before.constructions, now.constructions, same_made,
                 [&](const ExportedConstruction& made) { add_made(module, unit, made, out); });
  auto same_attribute = [&](const ExportedAttribute& left, const ExportedAttribute& right) {
    return left.name == right.name && left.cls == right.cls && same_term(before.terms, left.term, now.terms, right.term);
  };
  each_different(before.attributes, now.attributes, same_attribute,
                 [&](const ExportedAttribute& a) { out.values.insert(a.name); });
  for (std::size_t f = 0; f < now.functions.size(); ++f) {
    if (same_signature(before, before.functions[f], now, now.functions[f])) continue;
    if (now.functions[f].lambda) return false;  // known by the name it is bound to
    add_function(module, unit, before.functions[f], out);
    add_function(module, unit, now.functions[f], out);
    add_outer(module, unit, now, out);
  }
  for (std::size_t c = 0; c < now.classes.size(); ++c) {
    const ExportedClass &left = before.classes[c], &right = now.classes[c];
    if (left.name != right.name || left.parent != right.parent || !same_terms(before, left.bases, now, right.bases) ||
        !same_terms(before, left.decorators, now, right.decorators)) {
      out.values.insert({left.name, right.name});
      out.rebased.insert({left.name, right.name});
    }
    std::size_t known = out.values.size();
    add_different(before, left.members, now, right.members, out.values);
    if (out.values.size() != known) out.used.insert(right.name);
  }
  add_different(before, before.globals, now, now.globals, out.values);
  if (!(before.settings == now.settings)) {
    for (const Exports* side : {&before, &now}) {
      for (const ExportedSetting& setting : side->settings) out.values.insert(last_part(setting.receiver));
    }
  }
  return true;
}

bool touches(const Terms& terms, TermId id, const Names& names, int depth = 0) {
  const Term& term = terms[id];
  if (id == 0) return false;
  if (depth > kDepth || names.count(term.text) != 0) return true;
  if (touches(terms, term.a, names, depth + 1) || touches(terms, term.b, names, depth + 1)) return true;
  for (std::uint32_t i = 0; i < term.count; ++i) {
    if (touches(terms, terms.lists[term.first + i], names, depth + 1)) return true;
  }
  return false;
}

bool touches(const Terms& terms, const std::vector<TermId>& ids, const Names& names) {
  return std::any_of(ids.begin(), ids.end(), [&](TermId id) { return touches(terms, id, names); });
}

bool touches(const Terms& terms, const Signature& f, const Names& names) {
  auto parameter = [&](const ExportedParameter& p) { return touches(terms, p.term, names); };
  return touches(terms, f.annotated, names) || touches(terms, f.returned, names) || touches(terms, f.yielded, names) ||
         touches(terms, f.decorators, names) || std::any_of(f.parameters.begin(), f.parameters.end(), parameter);
}

// What a unit makes of these names. False if that cannot be told one by one.
bool add_touched(const ModuleIndex& module, std::uint32_t unit, const Names& names, Changes& out) {
  const Exports& exports = *module.units[unit].data->exports;
  for (const Signature& function : exports.functions) {
    if (!touches(exports.terms, function, names)) continue;
    if (function.lambda) return false;
    add_function(module, unit, function, out);
    add_outer(module, unit, exports, out);
  }
  for (const ExportedClass& cls : exports.classes) {
    if (touches(exports.terms, cls.bases, names) || touches(exports.terms, cls.decorators, names)) {
      out.values.insert(cls.name);
      out.rebased.insert(cls.name);
    }
    for (const ExportedName& member : cls.members) {
      if (!touches(exports.terms, member.term, names)) continue;
      out.values.insert(member.name);
      out.used.insert(cls.name);
    }
  }
  for (const ExportedName& global : exports.globals) {
    if (touches(exports.terms, global.term, names)) out.values.insert(global.name);
  }
  for (const ExportedAttribute& attribute : exports.attributes) {
    if (touches(exports.terms, attribute.term, names)) out.values.insert(attribute.name);
  }
  for (const ExportedConstruction& made : exports.constructions) {
    auto given = [&](const ExportedConstruction::Given& g) { return touches(exports.terms, g.value, names); };
    if (touches(exports.terms, made.callee, names) || std::any_of(made.given.begin(), made.given.end(), given))
      add_made(module, unit, made, out);
  }
  for (const ExportedOutside& outside : exports.outside) {
    if (touches(exports.terms, outside.object, names) || touches(exports.terms, outside.value, names)) out.values.insert(outside.name);
  }
  return true;
}

// A method hangs on its class without naming it.
bool in_class_of(const ModuleIndex& module, std::uint32_t unit, const Names& names) {
  std::uint32_t cls = module.units[unit].cls;
  return cls != kNone && names.count(class_name(module, cls)) != 0;
}

bool names_it(const Terms& terms, TermId decorator, std::string_view name) {
  const Term& t = terms[decorator];
  if (t.kind == TermKind::call && t.a != 0 && t.a != decorator) return names_it(terms, t.a, name);
  return t.text == name;
}

// What callers are told of a decorated function may rest on the body of its decorator: its wrapper.
void add_decorated(const ModuleIndex& now, std::uint32_t changed, Changes& out) {
  const UnitData& data = *now.units[changed].data;
  if (data.unit->skeleton || data.facts->functions.size() < 3) return;  // nothing is nested in it
  std::string_view name = data.exports->functions[1].name;
  const std::vector<std::uint32_t> hash{mention_hash(name)};
  for (std::uint32_t u = 0; u < now.units.size(); ++u) {
    if (!now.units[u].mentions_any(hash)) continue;
    const Exports& exports = *now.units[u].data->exports;
    for (const Signature& f : exports.functions) {
      auto is_it = [&](TermId d) { return names_it(exports.terms, d, name); };
      if (std::any_of(f.decorators.begin(), f.decorators.end(), is_it)) add_function(now, u, f, out);
    }
  }
}

class Closure {
 public:
  explicit Closure(const ModuleIndex& now) : now_(now), affected_(now.units.size()), spread_(now.units.size()) {}

  void add(std::uint32_t unit) {
    if (affected_[unit]) return;
    affected_[unit] = true;
    order_.push_back(unit);
  }
  // From names that stand for other values to all that is made of them. False if that may be everything.
  bool values(Changes fresh) {
    while (!fresh.values.empty() || !fresh.used.empty()) {
      for (std::string_view name : {"*", "__getattr__", "__all__"}) {
        if (fresh.values.count(name) != 0) return false;
      }
      const auto values = hashes_of(fresh.values), used = hashes_of(fresh.used);
      seen_.values.merge(fresh.values);
      seen_.used.merge(fresh.used);
      seen_.rebased.merge(fresh.rebased);
      fresh = {};
      for (std::uint32_t u = 0; u < now_.units.size(); ++u) {
        const IndexedUnit& unit = now_.units[u];
        if (unit.mentions_any(used)) add(u);
        if (spread_[u]) continue;
        const bool in_class = in_class_of(now_, u, seen_.rebased);
        if (!in_class && !unit.mentions_any(values)) continue;
        add(u);
        if (!in_class && add_touched(now_, u, seen_.values, fresh)) continue;
        add_all(now_, u, fresh);
        spread_[u] = true;
      }
      std::erase_if(fresh.values, [&](std::string_view name) { return seen_.values.count(name) != 0; });
      std::erase_if(fresh.used, [&](std::string_view name) { return seen_.used.count(name) != 0; });
    }
    return true;
  }
  // From functions with other effects to their callers.
  void effects(const std::function<bool(std::uint32_t)>& differ) {
    Names told;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (!differ(order_[i])) continue;
      Changes changes;
      // A lambda is known by the name it is bound to.
      now_.units[order_[i]].data->unit->skeleton ? add_all(now_, order_[i], changes)
                                                 : add_functions(now_, order_[i], changes);
      Names names = std::move(changes.values);
      names.merge(changes.used);
      std::erase_if(names, [&](std::string_view name) { return told.count(name) != 0; });
      const auto hashes = hashes_of(names);
      told.merge(names);
      for (std::uint32_t u = 0; u < now_.units.size(); ++u) {
        if (!affected_[u] && now_.units[u].mentions_any(hashes)) add(u);
      }
    }
  }
  std::vector<bool> result() && { return std::move(affected_); }

 private:
  static std::vector<std::uint32_t> hashes_of(const Names& names) {
    std::vector<std::uint32_t> hashes;
    for (std::string_view name : names) hashes.push_back(mention_hash(name));
    std::sort(hashes.begin(), hashes.end());
    return hashes;
  }

  const ModuleIndex& now_;
  std::vector<bool> affected_, spread_;  // spread: all its names were added
  std::vector<std::uint32_t> order_;
  Changes seen_;
};

bool same_place(const ModuleIndex& a, const IndexedUnit& left, const ModuleIndex& b, const IndexedUnit& right) {
  if (left.cls == kNone || right.cls == kNone) return left.cls == right.cls;
  const IndexedClass &before = a.tables->classes[left.cls], &now = b.tables->classes[right.cls];
  return &before == &now || before.qualname == now.qualname;
}

// The units of the two modules that are no pairs.
void add_unpaired(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift, Closure& closure,
                  Changes& out) {
  for (std::uint32_t u = shift.front; u < shift.back; ++u) add_all(before, u, out);
  for (std::uint32_t u = shift.front; u < shift.new_back; ++u) {
    closure.add(u);
    add_all(now, u, out);
  }
}

}  // namespace

UnitShift unit_shift(const ModuleIndex& before, const ModuleIndex& now) {
  const auto &a = before.units, &b = now.units;
  UnitShift shift;
  if (a.size() == b.size()) return shift;  // changed ones are taken for versions of each other
  std::uint32_t common = static_cast<std::uint32_t>(std::min(a.size(), b.size())), back = 0;
  while (shift.front < common && a[shift.front].data == b[shift.front].data) ++shift.front;
  while (back < common - shift.front && a[a.size() - 1 - back].data == b[b.size() - 1 - back].data) ++back;
  shift.back = static_cast<std::uint32_t>(a.size()) - back;
  shift.new_back = static_cast<std::uint32_t>(b.size()) - back;
  return shift;
}

Affected affected_units(const ModuleIndex& before, const ModuleIndex& now, const UnitShift& shift,
                        const std::function<bool(std::uint32_t)>& effects_differ) {
  if (before.tables->imported != now.tables->imported) return {.everything = true, .units = {}};
  Closure closure(now);
  Changes fresh;
  if (!shift.none()) add_unpaired(before, now, shift, closure, fresh);
  for (std::uint32_t old = 0; old < before.units.size(); ++old) {
    const std::uint32_t u = shift.now(old);
    if (u == kNone) continue;
    const auto &left = before.units[old].data, &right = now.units[u].data;
    const bool same = same_place(before, before.units[old], now, now.units[u]);
    if (left == right && same) continue;
    closure.add(u);
    add_decorated(before, old, fresh);
    add_decorated(now, u, fresh);
    if (same && left->unit->skeleton == right->unit->skeleton) {
      if (*left->exports == *right->exports || add_different(now, u, *left->exports, *right->exports, fresh)) continue;
    }
    add_all(before, old, fresh);
    add_all(now, u, fresh);
  }
  if (!closure.values(std::move(fresh))) return {.everything = true, .units = {}};
  closure.effects(effects_differ);
  return {.everything = false, .units = std::move(closure).result()};
}

}  // namespace awaitd::analysis
