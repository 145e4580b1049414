// A nested function, or a lambda that has a name, moves to where another process finds it: out of the function around
// it, or into a def of the module.
#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/module_function.h"
#include "analysis/knowledge/processes.h"

namespace awaitd::analysis {
namespace {

// What the name stands for, and where its statement is.
struct Named {
  const Binding* binding = nullptr;
  NodeId function = kNoNode;  // function_definition or lambda
  NodeId statement = kNoNode;
  bool lambda = false;
};

std::optional<Named> named(const UnitView& view, std::string_view name, FunctionId id) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  const Function& fn = facts.functions[id];
  for (const Binding& b : facts.bindings) {
    const bool is_it = fn.lambda ? b.kind == BindingKind::assign && b.value == fn.node && b.index == -1
                                 : b.kind == BindingKind::function && b.target == fn.name;
    if (!is_it || b.name != name || facts.bindings_in(b.scope, b.name).size() != 1) continue;
    const NodeId statement = fn.lambda ? facts.statement_of(fn.node) : fn.node;
    const NodeId around = unit[statement].parent;
    const bool single = !fn.lambda || (unit[unit[fn.node].parent].kind == Kind::assignment &&
                                       unit[unit[unit[fn.node].parent].parent].kind == Kind::expression_statement);
    if (!single || around == kNoNode || unit[around].kind == Kind::decorated_definition) return std::nullopt;
    return Named{&b, fn.node, statement, fn.lambda};
  }
  return std::nullopt;
}

bool is_literal(const Unit& unit, NodeId node) {
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    const Kind kind = unit[n].kind;
    if (kind == Kind::identifier || kind == Kind::call || kind == Kind::list || kind == Kind::dictionary) return false;
  }
  return true;
}

// Comments in the lines above a statement belong to it: where they start.
std::uint32_t start_with_comments(const UnitView& view, NodeId statement, const std::string& indent) {
  const Unit& unit = view.unit();
  const auto size = static_cast<std::uint32_t>(indent.size());
  std::uint32_t start = unit[statement].start - size;
  for (auto c = view.facts().comments.rbegin(); c != view.facts().comments.rend(); ++c) {
    if (c->end > start || unit.text.find_first_not_of("\r\n", c->end) < start) continue;
    if (c->start < size || unit.text.compare(c->start - size, size, indent) != 0 ||
        unit.text[c->start - size - 1] != '\n')
      break;
    if (std::count(unit.text.begin() + c->end, unit.text.begin() + start, '\n') != 1) break;
    start = c->start - size;
  }
  return start;
}

// Everything of the parameter list that is evaluated where the def stands means the same above the module's functions:
// literals, and types that are imported or part of Python.
bool heads_the_same(const UnitView& view, const Function& fn) {
  const Unit& unit = view.unit();
  const auto is_type = [&](NodeId node) {
    for (NodeId n = node; n < node + unit[node].size; ++n) {
      if (unit[n].kind != Kind::identifier || unit[n].field == Field::attribute) continue;
      const ValueSet meaning = view.meaning(view.text(n), n);
      const bool known =
          !meaning.unknown && meaning.values.size() == 1 && meaning.values[0].kind == ValueKind::external;
      if (!known && !view.knowledge().is_builtin_name(view.text(n))) return false;
    }
    return true;
  };
  if (fn.returns != kNoNode && !is_type(fn.returns)) return false;
  if (fn.parameters == kNoNode) return true;
  for (NodeId p : children(unit, fn.parameters)) {
    const NodeId type = unit.child(p, Field::type), value = unit.child(p, Field::value);
    if ((type != kNoNode && !is_type(type)) || (value != kNoNode && !is_literal(unit, value))) return false;
  }
  return true;
}

// Parameters that arguments by position fill one by one, so that more can follow; nothing if some are of another kind.
std::optional<std::size_t> plain_parameters(const UnitView& view, const Function& fn) {
  const Unit& unit = view.unit();
  std::size_t count = 0;
  if (fn.parameters == kNoNode) return count;
  for (NodeId p : children(unit, fn.parameters)) {
    const NodeId name = unit[p].kind == Kind::typed_parameter ? unit.first_child(p) : p;
    if (unit[name].kind != Kind::identifier) return std::nullopt;
    ++count;
  }
  return count;
}

ScopeId scope_that_binds(const Facts& facts, ScopeId from, std::string_view name) {
  for (ScopeId s = from; s != kNone; s = facts.scopes[s].parent) {
    if (!facts.bindings_in(s, name).empty()) return s;
  }
  return kNone;
}

// The call that gets the arguments of the function named at node, and how many it gets; null if it is no plain call.
const Call* call_with(const UnitView& view, NodeId node, std::size_t& given) {
  for (const Call& call : view.facts().calls) {
    if (call.callee != node) continue;
    given = call.argument_count;
    return has_plain_arguments(view, call) ? &call : nullptr;
  }
  for (const HandOver& over : hand_overs(view)) {
    if (over.callable != node || hands_elements(over.by) || !has_plain_arguments(view, *over.call)) continue;
    given = over.call->argument_count - static_cast<std::size_t>(over.skipped);
    return over.call;
  }
  return nullptr;
}

// Every use of the name goes on with the new one, and hands over what was taken from around.
bool edit_uses(const UnitView& view, const Named& from, const std::string& to, const std::vector<std::string>& taken,
               std::size_t parameters, EditBuilder& edits) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::string more;
  for (const std::string& one : taken) more += ", " + one;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || view.text(n) != from.binding->name || !reads_name(unit, n)) continue;
    if (n == from.binding->target) continue;
    if (scope_that_binds(facts, facts.scope_of[n], from.binding->name) != from.binding->scope) continue;
    const bool inside = from.function <= n && n < from.function + unit[from.function].size;
    if (inside && (to != from.binding->name || !taken.empty())) return false;  // that text moves as it is
    if (to != from.binding->name) edits.replace(n, to);
    if (taken.empty()) continue;
    std::size_t given = 0;
    const Call* call = call_with(view, n, given);
    if (call == nullptr || given != parameters) return false;
    for (const std::string& one : taken) {
      const ScopeId there = scope_that_binds(facts, facts.scope_of[n], one);
      if (there != scope_that_binds(facts, from.binding->scope, one)) return false;
    }
    if (call->argument_count == 0)
      edits.insert(unit[call->arguments].start + 1, more.substr(2));
    else
      edits.insert(unit[facts.arguments_of(*call).back().value].end, more);
  }
  return true;
}

// A name for it in the module that means nothing else, there or here.
std::optional<std::string> module_name(const UnitView& view, const Binding& binding) {
  const Facts& facts = view.facts();
  const std::string name(binding.name);
  const bool elsewhere = std::any_of(facts.bindings.begin(), facts.bindings.end(), [&](const Binding& b) {
    return b.name == binding.name && &b != &binding && b.scope != binding.scope;
  });
  if (!elsewhere && !view.linker().index().tables->globals.contains(name) && !view.knowledge().is_builtin_name(name))
    return name;
  return free_name(view, name + "_2");
}

// The def as it stands in the module.
std::optional<std::string> moved_text(const UnitView& view, const Named& from, const std::string& name,
                                      const std::vector<std::string>& taken) {
  const Unit& unit = view.unit();
  const std::string eol(view.document().line_ending());
  std::string more;
  for (const std::string& one : taken) more += (more.empty() ? "" : ", ") + one;
  if (from.lambda) {
    const NodeId parameters = unit.child(from.function, Field::parameters);
    std::string all(parameters == kNoNode ? "" : view.text(parameters));
    if (!more.empty()) all += (all.empty() ? "" : ", ") + more;
    const std::string_view body = view.text(unit.child(from.function, Field::body));
    if (body.find('\n') != std::string_view::npos) return std::nullopt;
    return "def " + name + "(" + all + "):" + eol + "    return " + std::string(body);
  }
  const auto indent = indentation_of(unit, from.statement);
  const auto lines = whole_lines(unit, from.statement, from.statement);
  const NodeId parameters = unit.child(from.function, Field::parameters);
  if (!indent || !lines || parameters == kNoNode) return std::nullopt;
  std::uint32_t last = unit[parameters].start + 1;
  for (NodeId p : children(unit, parameters)) last = unit[p].end;
  const NodeId own = unit.child(from.function, Field::name);
  std::string text;
  const auto step = static_cast<std::uint32_t>(indent->size());
  for (std::uint32_t at = start_with_comments(view, from.statement, *indent); at + step < unit[from.statement].start;) {
    const std::uint32_t end = static_cast<std::uint32_t>(unit.text.find('\n', at)) + 1;
    text += unit.text.substr(at + step, end - at - step);
    at = end;
  }
  text += "def " + name + unit.text.substr(unit[own].end, last - unit[own].end);
  if (!more.empty()) text += (last == unit[parameters].start + 1 ? "" : ", ") + more;
  // Lines that start inside a string stay as they are.
  for (std::uint32_t at = last; at < lines->end; ++at) {
    text += unit.text[at];
    if (unit.text[at] != '\n' || unit.text.compare(at + 1, indent->size(), *indent) != 0) continue;
    const bool in_string = std::any_of(unit.nodes.begin(), unit.nodes.end(), [&](const Node& node) {
      return node.kind == Kind::string && node.start <= at && at < node.end;
    });
    if (!in_string) at += static_cast<std::uint32_t>(indent->size());
  }
  return text;
}

// Takes the statement's lines away, and the empty ones behind it; false if its block would be empty.
bool remove(const UnitView& view, NodeId statement, EditBuilder& edits) {
  const Unit& unit = view.unit();
  const auto indent = indentation_of(unit, statement);
  const auto lines = whole_lines(unit, statement, statement);
  int others = 0;
  for (NodeId s : children(unit, unit[statement].parent)) others += s != statement && unit[s].kind != Kind::comment;
  if (!indent || !lines || others == 0) return false;
  std::uint32_t end = lines->end;
  for (std::uint32_t at = end; at < unit.text.size(); ++at) {
    if (unit.text[at] == '\n') end = at + 1;
    if (unit.text.find_first_of(" \t\r\n", at) != at) break;
  }
  edits.replace(Range{start_with_comments(view, statement, *indent), end}, "");
  return true;
}

constexpr const char* kTitle = "Make it a function of the module";

// `double = lambda x: 2 * x` at module level: a def in its place has a name that others find.
std::optional<Fix> lambda_of_module(const UnitView& view, const Value& v, std::string_view name, bool probe) {
  const UnitView owner(view, v.unit);
  const auto from = named(owner, name, v.id);
  if (!from || !from->lambda || !owner.unit().skeleton ||
      owner.unit()[owner.unit()[from->statement].parent].kind != Kind::module)
    return std::nullopt;
  const auto text = moved_text(owner, *from, std::string(name), {});
  if (!text) return std::nullopt;
  const std::string eol(view.document().line_ending());
  EditBuilder edits(owner, probe);
  const std::uint32_t end = owner.unit()[from->statement].end;
  const bool apart = owner.unit().text.compare(end, 2 * eol.size(), eol + eol) == 0 || end == owner.unit().text.size();
  edits.replace(from->statement, eol + eol + *text + (apart ? "" : eol + eol));
  return edits.finish(kTitle, Safety::suggested);
}

}  // namespace

std::optional<Fix> named_into_module_function(const UnitView& view, const HandOver& over, bool probe) {
  const ValueSet values = view.values(over.callable);
  if (values.unknown || values.values.size() != 1) return std::nullopt;
  const Value& v = values.values[0];
  if (v.kind != ValueKind::function || v.module != 0) return std::nullopt;
  const std::string_view name = view.text(over.callable);
  if (v.unit != view.at().unit) return lambda_of_module(view, v, name, probe);
  const Function& fn = view.facts().functions[v.id];
  const auto from = fn.async || fn.generator || fn.cls != kNone ? std::nullopt : named(view, name, v.id);
  if (!from || !heads_the_same(view, fn)) return std::nullopt;
  const auto taken = taken_from_around(view, from->function, name);
  const auto parameters = plain_parameters(view, fn);
  const auto to = module_name(view, *from->binding);
  if (!taken || !to || (!taken->empty() && !parameters)) return std::nullopt;
  const auto text = moved_text(view, *from, *to, *taken);
  EditBuilder edits(view, probe);
  if (!text || !remove(view, from->statement, edits) ||
      !edit_uses(view, *from, *to, *taken, parameters.value_or(0), edits))
    return std::nullopt;
  const std::string eol(view.document().line_ending());
  edits.define(eol + eol + *text);
  return edits.finish(kTitle, Safety::suggested);
}

}  // namespace awaitd::analysis
