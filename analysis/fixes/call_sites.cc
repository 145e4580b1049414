#include "analysis/fixes/call_sites.h"

#include "analysis/analysis_state.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/knowledge/entries.h"

namespace awaitd::analysis {
namespace {

// Classes of the project that a class derives from; false if some base is none of the project.
bool bases_of(Linker& linker, std::uint32_t module, std::uint32_t cls, std::vector<Value>& out, int depth = 0) {
  constexpr int kMostBases = 32;
  if (depth > kMostBases) return false;
  const IndexedClass& indexed = linker.index(module).tables->classes[cls];
  const At at{module, indexed.unit};
  const Exports& exports = *linker.unit(at).data->exports;
  bool known = true;
  for (TermId base : exports.classes[indexed.id].bases) {
    const ValueSet values = linker.values(exports.terms, base, at);
    known &= !values.unknown && values.values.size() == 1;
    for (const Value& v : values.values) {
      if (v.kind != ValueKind::cls) {
        known &= has_role(v.name, "bare") || has_role(v.name, "shape");
        continue;
      }
      out.push_back(v);
      known &= bases_of(linker, v.module, v.id, out, depth + 1);
    }
  }
  return known;
}

bool has_member(const Linker& linker, const Value& cls, const std::string& name) {
  return linker.index(cls.module).tables->classes[cls.id].members.count(name) != 0;
}

// Every decorator is one that only says how the method is bound.
bool plain_decorators(const UnitView& view, FunctionId function) {
  Value self(ValueKind::function, {});
  self.unit = view.at().unit;
  self.id = function;
  const std::size_t all = view.exports().functions[function].decorators.size();
  const auto effects = view.linker().decorator_effects(self);
  return effects.size() == all && std::all_of(effects.begin(), effects.end(), [](std::string_view effect) {
           return effect == "static" || effect == "class";
         });
}

bool is_special(std::string_view name) { return name.starts_with("__") && name.ends_with("__"); }

// Part of an import, a definition or a binding of the name, and no use of it.
bool only_names_it(const UnitView& view, NodeId id, CallSites& out) {
  const Unit& unit = view.unit();
  for (NodeId n = unit[id].parent; n != kNoNode; n = unit[n].parent) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::aliased_import) {
      const NodeId alias = unit.child(n, Field::alias);
      if (alias != kNoNode && alias != id) out.aliases.insert(std::string(view.text(alias)));
      return true;
    }
    if (kind == Kind::import_statement || kind == Kind::import_from_statement || kind == Kind::global_statement ||
        kind == Kind::nonlocal_statement)
      return true;
    if (kind != Kind::dotted_name) break;
  }
  const NodeId parent = unit[id].parent;
  if (parent == kNoNode) return true;
  const Kind kind = unit[parent].kind;
  if (unit[id].field == Field::name) {
    return kind == Kind::function_definition || kind == Kind::class_definition || kind == Kind::keyword_argument ||
           kind == Kind::default_parameter || kind == Kind::typed_default_parameter;
  }
  if (kind == Kind::parameters || kind == Kind::lambda_parameters || kind == Kind::typed_parameter) return true;
  const auto& bindings = view.facts().bindings;
  return std::any_of(bindings.begin(), bindings.end(), [&](const Binding& b) { return b.target == id; });
}

enum class Meant : std::uint8_t { no, maybe, yes };

Meant means(const UnitView& view, const ValueSet& values, const Turned& function) {
  bool found = false, others = values.unknown;
  for (const Value& v : values.values) {
    const bool same = v.kind == ValueKind::function && v.unit == function.key.unit && v.id == function.key.function &&
                      view.linker().index(v.module).path == function.key.path;
    found |= same && !v.probable;
    others |= !same || v.probable;
  }
  if (found) return others ? Meant::maybe : Meant::yes;
  return Meant::no;
}

// The object could be one of the class, as far as anybody can tell.
bool may_be_of_class(const UnitView& view, NodeId object) {
  const ValueSet values = view.values(object);
  return values.unknown || values.empty();
}

// getattr(x, "load"), patch.object(x, "load")
bool names_in_string(const UnitView& view, NodeId id, const std::string& name) {
  const Unit& unit = view.unit();
  const std::string_view text = view.text(id);
  const NodeId parent = unit[id].parent;
  if (text.size() != name.size() + 2 || text.substr(1, name.size()) != name || parent == kNoNode) return false;
  return unit[parent].kind == Kind::argument_list && unit.first_child(parent) != id;
}

void stop(const UnitView& view, NodeId node, std::string_view why, CallSites& out) {
  if (!out.obstacle) out.obstacle = Obstacle{view.document_range(node), std::string(why)};
}

void look_at(const UnitView& view, NodeId id, const Turned& function, CallSites& out) {
  const Unit& unit = view.unit();
  if (only_names_it(view, id, out)) return;
  NodeId expression = id;
  const bool attribute = unit[id].field == Field::attribute && unit[unit[id].parent].kind == Kind::attribute;
  if (attribute) expression = unit[id].parent;
  const NodeId outside = outside_parentheses(unit, expression);
  const NodeId above = unit[outside].parent;
  const Call* call = above != kNoNode && unit[outside].field == Field::function ? view.facts().call_at(above) : nullptr;
  switch (means(view, call != nullptr ? view.callee(*call) : view.values(expression), function)) {
    case Meant::maybe:
      return stop(view, id, "is one of several things that may be meant", out);
    case Meant::no:
      if (attribute && function.cls != kNone && may_be_of_class(view, unit.child(expression, Field::object)))
        stop(view, id, "may be meant by a name whose object is not known", out);
      return;
    case Meant::yes:
      break;
  }
  auto site = call != nullptr ? call_site(view, *call) : std::nullopt;
  if (site) return out.sites.push_back(std::move(*site));
  stop(view, id, call != nullptr ? "is called where no await can stand" : "is used as a value", out);
}

// The unit of a class that overrides it; nothing if there is none.
std::optional<std::uint32_t> overridden_in(const Analysis& file, Linker& linker, const Turned& function,
                                           const std::string& name) {
  const auto& classes = linker.index().tables->classes;
  for (std::uint32_t c = 0; c < classes.size(); ++c) {
    if (classes[c].members.count(name) == 0) continue;
    if (file.file.path == function.key.path && c == function.cls) continue;
    std::vector<Value> bases;
    bases_of(linker, 0, c, bases);
    // Whatever has such a method may be called through it.
    const auto outside = linker.external_bases(0, c).names;
    if (std::any_of(outside.begin(), outside.end(), [](const std::string& n) { return n.ends_with(".Protocol"); }))
      return classes[c].unit;
    for (const Value& base : bases) {
      if (base.id == function.cls && linker.index(base.module).path == function.key.path) return classes[c].unit;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<CallSite> call_site(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  const FunctionId caller = view.facts().function_id_of(call.node);
  const Function& fn = view.facts().functions[caller];
  if (caller == 0 || fn.module || fn.lambda || call.awaited) return std::nullopt;
  for (NodeId n = unit[call.node].parent; n != kNoNode && n != fn.node; n = unit[n].parent) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::lambda || kind == Kind::generator_expression || kind == Kind::class_definition)
      return std::nullopt;
  }
  if (fn.async && !can_await(view, call.node)) return std::nullopt;
  CallSite site;
  site.caller = {view.analysis().file.path, view.at().unit, caller};
  site.async = fn.async;
  site.range = view.document_range(call.node);
  site.parentheses = await_needs_parentheses(unit, call.node);
  return site;
}

std::optional<Turned> turned(const UnitView& view, FunctionId function, std::string& why) {
  const Function& fn = view.facts().functions[function];
  const Signature& signature = view.exports().functions[function];
  const auto refuse = [&why](std::string_view said) {
    why = said;
    return std::nullopt;
  };
  if (function == 0 || fn.async || fn.lambda || fn.module || fn.name == kNoNode) return refuse("is no plain function");
  if (view.unit().has_error) return refuse("does not parse");
  if (fn.generator) return refuse("is a generator");
  if (is_special(signature.name)) return refuse("is a method that Python itself calls");
  if (!plain_decorators(view, function)) return refuse("has a decorator that may want a plain function");
  Turned out;
  out.key = {view.analysis().file.path, view.at().unit, function};
  out.name = std::string(signature.name);
  out.nested = function != 1;
  const std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (out.nested) {
    if (signature.cls != kNone || fn.cls != kNone) return refuse("is a method of a local class");
    return out;
  }
  if (cls == kNone) return out;
  out.cls = cls;
  std::vector<Value> bases;
  if (!bases_of(view.linker(), 0, cls, bases)) return refuse("may be known to a base class from outside the project");
  for (const Value& base : bases) {
    if (has_member(view.linker(), base, out.name)) return refuse("overrides a method of a base class");
  }
  return out;
}

CallSites call_sites(const Analysis& file, const Turned& function, const std::string& name) {
  CallSites out;
  Effects& effects = file.link->effects;
  Linker& linker = effects.linker();
  if (function.cls != kNone) {
    const auto unit = overridden_in(file, linker, function, name);
    if (unit) stop(UnitView(file, *unit, effects), 0, "is overridden by a subclass, or called through a Protocol", out);
  }
  const std::vector<std::uint32_t> units = linker.mentioning(name);
  for (std::uint32_t u : units) {
    if (out.obstacle) break;
    if (function.nested && u != function.key.unit) continue;
    const UnitView view(file, u, effects);
    if (view.unit().has_error) stop(view, 0, "is named by code that does not parse", out);
    for (NodeId id = 0; id < view.unit().nodes.size() && !out.obstacle; ++id) {
      const Kind kind = view.unit()[id].kind;
      if (kind == Kind::identifier && view.text(id) == name) look_at(view, id, function, out);
      if (kind == Kind::string && names_in_string(view, id, name)) stop(view, id, "is named in a string", out);
    }
  }
  return out;
}

}  // namespace awaitd::analysis
