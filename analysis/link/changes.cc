#include "analysis/link/changes.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

const char* const kConstructor = "__init__";

bool is_dunder(std::string_view name) { return name.size() > 4 && name.substr(0, 2) == "__" && name.ends_with("__"); }

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

// Deeper terms count as different.
constexpr int kDepth = 12;

bool same_term(const Terms& a, TermId x, const Terms& b, TermId y, int depth = 0) {
  const Term &left = a[x], &right = b[y];
  if (left.kind != right.kind || left.number != right.number || left.count != right.count || left.text != right.text ||
      left.base != right.base || left.shape != right.shape || (left.a == 0) != (right.a == 0) ||
      (left.b == 0) != (right.b == 0) || depth > kDepth) {
    return false;
  }
  if (left.a != 0 && !same_term(a, left.a, b, right.a, depth + 1)) return false;
  if (left.b != 0 && !same_term(a, left.b, b, right.b, depth + 1)) return false;
  for (std::uint32_t i = 0; i < left.count; ++i) {
    if (!same_term(a, a.lists[left.first + i], b, b.lists[right.first + i], depth + 1)) return false;
  }
  return true;
}

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

// Names that are not bound to the same terms on both sides. A name may be bound several times: order counts.
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

// What runs without its name being written: constructors, operators, with blocks.
void add_function(const ModuleIndex& module, std::uint32_t unit, const Signature& function, Changes& out) {
  Names& names = function.name == kConstructor ? out.used : out.values;
  if (!function.lambda && !function.name.empty()) names.insert(function.name);
  std::uint32_t cls = module.units[unit].cls;
  if (is_dunder(function.name) && cls != kNone) names.insert(class_name(module, cls));
}

// What a function gives may be a function inside it: a decorator's wrapper.
void add_outer(const ModuleIndex& module, std::uint32_t unit, const Exports& exports, Changes& out) {
  if (exports.functions.size() > 1) add_function(module, unit, exports.functions[1], out);
}

// A constructor is given other things: what it makes of its parameters.
void add_given(const ModuleIndex& module, std::uint32_t unit, const Versions* versions, Changes& out) {
  const UnitData& data = *module.units[unit].data;
  const std::size_t met = out.made.size();
  bool& all = out.made.try_emplace(&data, false).first->second;
  const bool first = out.made.size() != met;
  if ((!first && (all || versions != nullptr)) || data.exports->functions.size() < 2) return;
  all = versions == nullptr;
  const std::vector<ExportedParameter>& given = data.exports->functions[1].parameters;
  Names parameters;
  for (std::size_t p = 1; p < given.size(); ++p) parameters.insert(given[p].name);
  if (!add_touched(module, unit, parameters, versions, out)) add_all(module, unit, out);
}

// The constructor of a class of this module, which may be that of one it inherits from.
void add_constructor(const ModuleIndex& module, std::string_view name, const Versions* versions, Changes& out,
                     int depth = 0) {
  constexpr int kMaxBases = 8;
  const auto* named = module.tables->named.find(name);
  if (named == nullptr || depth > kMaxBases) return;
  for (const std::uint32_t c : *named) {
    const IndexedClass& cls = module.tables->classes[c];
    const auto init = cls.members.find(kConstructor);
    if (init != cls.members.end()) {
      for (const Member& m : init->second) add_given(module, m.unit, versions, out);
      continue;
    }
    const Exports& exports = *module.units[cls.unit].data->exports;
    for (TermId base : exports.classes[cls.id].bases)
      add_constructor(module, exports.terms[base].text, versions, out, depth + 1);
  }
}

// Objects of a class are made otherwise: what a constructor is given hangs on its attributes.
void add_made(const ModuleIndex& module, std::uint32_t unit, const ExportedConstruction& made, const Versions* versions,
              Changes& out) {
  if (made.name != "cls" && made.name != "super") return add_constructor(module, made.name, versions, out);
  const std::uint32_t c = module.units[unit].cls;
  if (c == kNone) return;
  if (made.name == "cls") return add_constructor(module, class_name(module, c), versions, out);
  const IndexedClass& cls = module.tables->classes[c];
  const Exports& exports = *module.units[cls.unit].data->exports;
  for (TermId base : exports.classes[cls.id].bases) add_constructor(module, exports.terms[base].text, versions, out);
}

// A class that may have other bases. What these leave to the classes below them, and what their constructors are given,
// may be another thing too.
void add_class(const ModuleIndex& module, const Exports& exports, const ExportedClass& cls, Changes& out) {
  out.values.insert(cls.name);
  out.rebased.insert(cls.name);
  for (TermId base : cls.bases) {
    const std::string_view name = exports.terms[base].text;
    if (name.empty() || !out.bases.insert(name).second) continue;
    out.rebased.insert(name);
    add_constructor(module, name, nullptr, out);
  }
}

// The class of a method that the classes below it feel without naming it: it rewrites theirs, or is a constructor that
// came or went.
void add_rewriting(const ModuleIndex& module, std::uint32_t unit, Changes& out) {
  const std::uint32_t c = module.units[unit].cls;
  if (c == kNone) return;
  const IndexedClass& cls = module.tables->classes[c];
  const Exports& exports = *module.units[cls.unit].data->exports;
  add_class(module, exports, exports.classes[cls.id], out);
}

bool same_but_for_returned(const Exports& a, const Signature& left, const Exports& b, const Signature& right) {
  auto same = [&](TermId x, TermId y) { return same_term(a.terms, x, b.terms, y); };
  return left.name == right.name && left.cls == right.cls && left.async == right.async &&
         left.generator == right.generator && left.lambda == right.lambda && left.stub == right.stub &&
         left.declares == right.declares && left.rewrites == right.rewrites &&
         left.returns_value == right.returns_value && same(left.annotated, right.annotated) &&
         same(left.returned, right.returned) && same(left.yielded, right.yielded) &&
         same_terms(a, left.decorators, b, right.decorators) &&
         std::equal(left.parameters.begin(), left.parameters.end(), right.parameters.begin(), right.parameters.end(),
                    [&](const ExportedParameter& x, const ExportedParameter& y) {
                      return x.name == y.name && same(x.term, y.term);
                    });
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

// What a caller gets hangs on who it is: `return self`, `return cls()`, `return func(*args)`.
bool hangs_on_caller(const Terms& terms, TermId id, int depth = 0) {
  const Term& t = terms[id];
  if (t.kind == TermKind::parameter || t.kind == TermKind::self || t.kind == TermKind::instance || depth > kDepth)
    return true;
  if (t.kind == TermKind::either)
    return hangs_on_caller(terms, t.a, depth + 1) || hangs_on_caller(terms, t.b, depth + 1);
  return t.kind == TermKind::call && hangs_on_caller(terms, t.a, depth + 1);
}

bool is_declaration(const Term& t) { return t.kind == TermKind::instance && t.number == 1; }

// True if equal values may still mean other things: what was called with other arguments, functions and classes of
// these names.
bool means_other(const ValueSet& set, const Versions& versions, const Names& names, int depth = 0) {
  auto other = [&](const Value& v) {
    if (v.call != kNoCall && v.module == 0 && !versions.unchanged(v.unit)) return true;
    if (v.kind != ValueKind::instance && v.kind != ValueKind::external && names.count(last_part(v.name)) != 0)
      return true;
    auto inside = [&](const ValueSet& more) { return depth > kDepth || means_other(more, versions, names, depth + 1); };
    return (v.inner && inside(*v.inner)) || (v.around && inside(*v.around)) ||
           (v.elements && std::any_of(v.elements->begin(), v.elements->end(), inside));
  };
  return std::any_of(set.values.begin(), set.values.end(), other);
}

bool values_differ(const Versions& versions, std::uint32_t unit, TermId before, TermId now, const Names& names) {
  const std::optional<ValueSet> same = versions.same(unit, before, now);
  return !same || means_other(*same, versions, names);
}

// Two versions of what a unit tells.
struct Pair {
  std::uint32_t unit;
  const Exports &before, &now;
  const Versions* versions;

  bool same_term(TermId x, TermId y) const { return analysis::same_term(before.terms, x, now.terms, y); }
  bool same(TermId x, TermId y) const {
    if (same_term(x, y)) return true;
    return versions != nullptr && is_declaration(before.terms[x]) == is_declaration(now.terms[y]) &&
           !values_differ(*versions, unit, x, y, {});
  }
  bool same_returned(TermId x, TermId y) const {
    if (same_term(x, y)) return true;
    return !hangs_on_caller(before.terms, x) && !hangs_on_caller(now.terms, y) && same(x, y);
  }
  bool same_made(const ExportedConstruction& left, const ExportedConstruction& right) const {
    auto same_given = [&](const ExportedConstruction::Given& x, const ExportedConstruction::Given& y) {
      return x.keyword == y.keyword && same(x.value, y.value);
    };
    return left.name == right.name && left.stars == right.stars && same(left.callee, right.callee) &&
           std::equal(left.given.begin(), left.given.end(), right.given.begin(), right.given.end(), same_given);
  }
};

// False if the two have no common shape.
bool add_different_functions(const ModuleIndex& module, const Pair& pair, Changes& out) {
  for (std::size_t f = 0; f < pair.now.functions.size(); ++f) {
    const Signature &left = pair.before.functions[f], &right = pair.now.functions[f];
    if (same_but_for_returned(pair.before, left, pair.now, right) && pair.same_returned(left.returned, right.returned))
      continue;
    if (right.lambda) return false;  // known by the name it is bound to
    const bool other_constructor = (left.name == kConstructor) != (right.name == kConstructor);
    if (left.rewrites != right.rewrites || other_constructor) add_rewriting(module, pair.unit, out);
    // Who makes the objects gives a constructor its parameters, which it may hand on.
    if (left.name == kConstructor || right.name == kConstructor) add_given(module, pair.unit, nullptr, out);
    add_function(module, pair.unit, left, out);
    add_function(module, pair.unit, right, out);
    add_outer(module, pair.unit, pair.now, out);
  }
  return true;
}

void add_different_classes(const ModuleIndex& module, const Exports& before, const Exports& now, Changes& out) {
  for (std::size_t c = 0; c < now.classes.size(); ++c) {
    const ExportedClass &left = before.classes[c], &right = now.classes[c];
    if (left.name != right.name || left.parent != right.parent || !same_terms(before, left.bases, now, right.bases) ||
        !same_terms(before, left.decorators, now, right.decorators)) {
      add_class(module, before, left, out);
      add_class(module, now, right, out);
    }
    std::size_t known = out.values.size();
    add_different(before, left.members, now, right.members, out.values);
    if (out.values.size() != known) out.used.insert(right.name);
  }
}

// False if a term that makes something of these names, in a unit that has not changed, stands for what it stood for.
bool differs(const Versions* versions, std::uint32_t unit, TermId id, const Names& names) {
  return versions == nullptr || !versions->unchanged(unit) || values_differ(*versions, unit, id, id, names);
}

// The function of a unit that makes something of these names gives something else to its callers.
bool function_differs(const Exports& exports, std::uint32_t unit, const Signature& f, const Names& names,
                      const Versions* versions) {
  auto parameter = [&](const ExportedParameter& p) { return touches(exports.terms, p.term, names); };
  if (touches(exports.terms, f.annotated, names) || touches(exports.terms, f.yielded, names) ||
      touches(exports.terms, f.decorators, names) || std::any_of(f.parameters.begin(), f.parameters.end(), parameter))
    return true;
  return touches(exports.terms, f.returned, names) &&
         (hangs_on_caller(exports.terms, f.returned) || differs(versions, unit, f.returned, names));
}

bool names_it(const Terms& terms, TermId decorator, std::string_view name) {
  const Term& t = terms[decorator];
  if (t.kind == TermKind::call && t.a != 0 && t.a != decorator) return names_it(terms, t.a, name);
  return t.text == name;
}

}  // namespace

void add_functions(const ModuleIndex& module, std::uint32_t unit, Changes& out) {
  for (const Signature& f : module.units[unit].data->exports->functions) add_function(module, unit, f, out);
}

void add_all(const ModuleIndex& module, std::uint32_t unit, Changes& out) {
  const Exports& exports = *module.units[unit].data->exports;
  add_functions(module, unit, out);
  if (std::any_of(exports.functions.begin(), exports.functions.end(), [](const Signature& f) { return f.rewrites; }))
    add_rewriting(module, unit, out);
  for (const ExportedClass& cls : exports.classes) {
    add_class(module, exports, cls, out);
    for (const ExportedName& member : cls.members) out.values.insert(member.name);
  }
  for (const ExportedName& global : exports.globals) out.values.insert(global.name);
  for (const ExportedAttribute& attribute : exports.attributes) out.values.insert(attribute.name);
  for (const ExportedOutside& outside : exports.outside) out.values.insert(outside.name);
  for (const ExportedSetting& setting : exports.settings) out.values.insert(last_part(setting.receiver));
  for (const ExportedConstruction& made : exports.constructions) add_made(module, unit, made, nullptr, out);
}

bool add_different(const ModuleIndex& module, std::uint32_t unit, const Exports& before, const Exports& now,
                   const Versions* versions, Changes& out) {
  if (before.classes.size() != now.classes.size() || before.functions.size() != now.functions.size()) return false;
  const Pair pair{unit, before, now, versions};
  auto same_outside = [&](const ExportedOutside& left, const ExportedOutside& right) {
    return left.name == right.name && pair.same(left.object, right.object) && pair.same(left.value, right.value);
  };
  each_different(before.outside, now.outside, same_outside,
                 [&](const ExportedOutside& o) { out.values.insert(o.name); });
  auto same_made = [&](const ExportedConstruction& left, const ExportedConstruction& right) {
    return pair.same_made(left, right);
  };
  each_different(before.constructions, now.constructions, same_made,
                 [&](const ExportedConstruction& made) { add_made(module, unit, made, versions, out); });
  auto same_attribute = [&](const ExportedAttribute& left, const ExportedAttribute& right) {
    return left.name == right.name && left.cls == right.cls && pair.same(left.term, right.term);
  };
  each_different(before.attributes, now.attributes, same_attribute,
                 [&](const ExportedAttribute& a) { out.values.insert(a.name); });
  if (!add_different_functions(module, pair, out)) return false;
  add_different_classes(module, before, now, out);
  add_different(before, before.globals, now, now.globals, out.values);
  if (!(before.settings == now.settings)) {
    for (const Exports* side : {&before, &now}) {
      for (const ExportedSetting& setting : side->settings) out.values.insert(last_part(setting.receiver));
    }
  }
  return true;
}

bool add_touched(const ModuleIndex& module, std::uint32_t unit, const Names& names, const Versions* versions,
                 Changes& out) {
  const Exports& exports = *module.units[unit].data->exports;
  for (const Signature& function : exports.functions) {
    if (!function_differs(exports, unit, function, names, versions)) continue;
    if (function.lambda) return false;
    add_function(module, unit, function, out);
    add_outer(module, unit, exports, out);
  }
  for (const ExportedClass& cls : exports.classes) {
    if (touches(exports.terms, cls.bases, names) || touches(exports.terms, cls.decorators, names))
      add_class(module, exports, cls, out);
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
    if (touches(exports.terms, attribute.term, names) && differs(versions, unit, attribute.term, names))
      out.values.insert(attribute.name);
  }
  auto other = [&](TermId id) { return touches(exports.terms, id, names) && differs(versions, unit, id, names); };
  for (const ExportedConstruction& made : exports.constructions) {
    auto given = [&](const ExportedConstruction::Given& g) { return other(g.value); };
    if (other(made.callee) || std::any_of(made.given.begin(), made.given.end(), given))
      add_made(module, unit, made, nullptr, out);
  }
  for (const ExportedOutside& outside : exports.outside) {
    if (other(outside.object) || other(outside.value)) out.values.insert(outside.name);
  }
  return true;
}

void add_constructed(const ModuleIndex& module, std::uint32_t unit, const ModuleIndex& other, Changes& out) {
  const IndexedUnit& placed = module.units[unit];
  for (const ExportedConstruction& made : placed.data->exports->constructions) {
    if (made.name != "super") {
      add_constructor(other, made.name, nullptr, out);
    } else if (placed.cls != kNone) {
      const IndexedClass& cls = module.tables->classes[placed.cls];
      const Exports& exports = *module.units[cls.unit].data->exports;
      for (TermId base : exports.classes[cls.id].bases) add_constructor(other, exports.terms[base].text, nullptr, out);
    }
  }
}

bool in_class_of(const ModuleIndex& module, std::uint32_t unit, const Names& names) {
  std::uint32_t cls = module.units[unit].cls;
  return cls != kNone && names.count(class_name(module, cls)) != 0;
}

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

}  // namespace awaitd::analysis
