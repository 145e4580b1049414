#include "analysis/rules/start_up.h"

#include <algorithm>

#include "analysis/effects/waits.h"
#include "analysis/knowledge/startup.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

using Form = StartUpFact::Form;
constexpr int kMaxDepth = 3;  // of coroutines that are looked into for whether they start something

enum class Start : std::uint8_t { none, handler, main, command };
enum class Phase : std::uint8_t { running, start, command };

std::string_view unquoted(std::string_view text) {
  while (!text.empty() && (text.front() == '"' || text.front() == '\'')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '"' || text.back() == '\'')) text.remove_suffix(1);
  return text;
}

bool is_function(const Value& v, const FunctionKey& key) {
  return v.kind == ValueKind::function && FunctionKey{v.module, v.unit, v.id} == key;
}

// The function itself, or a list that holds it.
bool holds(const ValueSet& values, const FunctionKey& key) {
  for (const Value& v : values.values) {
    if (is_function(v, key)) return true;
    if (!v.inner || v.kind != ValueKind::instance) continue;
    for (const Value& inner : v.inner->values) {
      if (is_function(inner, key)) return true;
    }
  }
  return false;
}

bool first_argument_is(const UnitView& view, const Call& call, std::string_view word) {
  const Argument* first = view.facts().positional(call, 0);
  return first != nullptr && unquoted(view.text(first->value)) == word;
}

Start by_decorator(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function != function) continue;
    const Call* call = view.facts().call_at(inside_parentheses(view.unit(), d.expression));
    for (const Value& v : view.values(call != nullptr ? call->callee : d.expression).values) {
      for (const StartUpFact& fact : start_up_facts(v.name)) {
        if (fact.form == Form::decorator) return Start::handler;
        if (fact.form == Form::command) return Start::command;
        if (fact.form == Form::event && call != nullptr && first_argument_is(view, *call, fact.word)) return Start::handler;
      }
    }
  }
  return Start::none;
}

// An async generator whose first parameter is an application: what Starlette calls a lifespan.
bool is_lifespan(const UnitView& view, FunctionId function) {
  const Function& fn = view.facts().functions[function];
  if (!fn.async || !fn.generator) return false;
  const auto& parameters = view.exports().functions[function].parameters;
  if (parameters.empty()) return false;
  for (const Value& v : view.linker().values(view.exports().terms, parameters.front().term, view.at()).values) {
    for (const StartUpFact& fact : start_up_facts(v.name)) {
      if (fact.form == Form::keyword && fact.word == "lifespan") return true;
    }
  }
  return false;
}

bool by_method(const UnitView& view, FunctionId function) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (cls == kNone || function != 1) return false;
  for (const std::string& base : view.linker().external_bases(0, cls).names) {
    for (const StartUpFact& fact : start_up_facts(base)) {
      if (fact.form == Form::method && fact.word == view.exports().functions[function].name) return true;
    }
  }
  return false;
}

bool hands_over(const UnitView& view, const Call& call, const StartUpFact& fact, const FunctionKey& key) {
  if (fact.form == Form::keyword) {
    const Argument* given = view.facts().keyword(call, fact.word);
    return given != nullptr && holds(view.values(given->value), key);
  }
  if (fact.form == Form::event && !first_argument_is(view, call, fact.word)) return false;
  if (fact.form != Form::handed && fact.form != Form::event && fact.form != Form::command) return false;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (holds(view.values(a.value), key)) return true;
  }
  return false;
}

// asyncio.run(main()), trio.run(main)
bool runs_it(const UnitView& view, const Call& call, const Value& callee, const FunctionKey& key) {
  const BlockingFact* fact = view.knowledge().fact(callee.name);
  const ContextFact* context = view.knowledge().context(callee.name);
  if (fact == nullptr || fact->kind != BlockingKind::loop_bridge || context == nullptr || context->role != Role::entry) return false;
  const Argument* main = view.facts().positional(call, context->position);
  if (main == nullptr) return false;
  const Call* made = view.facts().call_at(inside_parentheses(view.unit(), main->value));
  return holds(view.values(made != nullptr ? made->callee : main->value), key);
}

// How some call of the module starts the function.
Start by_call(const UnitView& view, FunctionId function) {
  const FunctionKey key{0, view.at().unit, function};
  std::string_view name = view.exports().functions[function].name;
  Start found = Start::none;
  if (name.empty()) return found;
  view.each_unit_that_mentions({name}, [&](const UnitView& other) {
    if (found != Start::none) return;
    for (const Call& call : other.facts().calls) {
      if (call.argument_count == 0 || call.callee == kNoNode) continue;
      // Cheap test first.
      if (call.arguments == kNoNode || other.text(call.arguments).find(name) == std::string_view::npos) continue;
      for (const Value& v : other.callee(call).values) {
        if (v.kind != ValueKind::external) continue;
        for (const StartUpFact& fact : start_up_facts(v.name)) {
          if (hands_over(other, call, fact, key)) found = fact.form == Form::command ? Start::command : Start::handler;
        }
        if (found == Start::none && runs_it(other, call, v, key)) found = Start::main;
      }
    }
  });
  return found;
}

bool starts_other(const UnitView& view, At at, FunctionId function, int depth);

// Whether other tasks may run once this call is made.
bool starts_other(const UnitView& view, At at, const Use& use, int depth) {
  Linker& linker = view.linker();
  ValueSet values = linker.values(linker.unit(at).data->uses().terms, use.target, at);
  if (use.awaited && (values.unknown || values.empty())) return true;
  for (const Value& v : values.values) {
    if (v.kind == ValueKind::external) {
      const ContextFact* context = linker.knowledge().context(v.name);
      if (context != nullptr && context->role == Role::schedule && !context->decorator) return true;
      if (is_start_up(v.name, Form::serve)) return true;
    } else if (v.kind == ValueKind::function) {
      if (linker.signature(v).async && depth >= kMaxDepth) return true;
      if (depth < kMaxDepth && starts_other(view, {v.module, v.unit}, v.id, depth + 1)) return true;
    } else if (use.awaited) {
      return true;
    }
  }
  return false;
}

bool starts_other(const UnitView& view, At at, FunctionId function, int depth) {
  view.look_at(at);
  for (const Use& use : view.linker().unit(at).data->uses().uses) {
    if (use.function == function && use.kind == UseKind::call && starts_other(view, at, use, depth)) return true;
  }
  return false;
}

bool does(Linker& linker, const Value& v, Form form) {
  const ContextFact* context = v.kind == ValueKind::external ? linker.knowledge().context(v.name) : nullptr;
  if (form == Form::serve && context != nullptr && context->role == Role::schedule && !context->decorator) return true;
  return (v.kind == ValueKind::external || v.kind == ValueKind::instance) && is_start_up(v.name, form);
}

// Whether it is known that other tasks run (Form::serve) or a server listens (Form::listen) from this call on.
bool surely_does(const UnitView& view, At at, const Use& use, Form form, int depth) {
  Linker& linker = view.linker();
  for (const Value& v : linker.values(linker.unit(at).data->uses().terms, use.target, at).values) {
    if (does(linker, v, form)) return true;
    if (v.kind != ValueKind::function || depth >= kMaxDepth) continue;
    view.look_at({v.module, v.unit});
    for (const Use& inner : linker.unit({v.module, v.unit}).data->uses().uses) {
      bool runs = inner.function == v.id && inner.kind == UseKind::call;
      if (runs && surely_does(view, {v.module, v.unit}, inner, form, depth + 1)) return true;
    }
  }
  return false;
}

NodeId outermost_loop(const Unit& unit, NodeId node) {
  NodeId loop = kNoNode;
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) break;
    if (kind == Kind::for_statement || kind == Kind::while_statement) loop = n;
  }
  return loop;
}

// The first node of a coroutine from which on other tasks may run.
NodeId first_start(const UnitView& view, FunctionId function) {
  const Unit& unit = view.unit();
  NodeId first = static_cast<NodeId>(unit.nodes.size());
  auto at = [&](NodeId node) {
    NodeId loop = outermost_loop(unit, node);
    first = std::min(first, loop == kNoNode ? node : loop);  // the next round comes after it
  };
  for (const Use& use : view.uses().uses) {
    if (use.function != function || use.kind != UseKind::call || use.node >= first) continue;
    if (starts_other(view, view.at(), use, 0)) at(view.facts().calls[use.call].node);
  }
  for (const Return& a : view.facts().awaits) {
    bool call = a.value != kNoNode && view.facts().call_at(inside_parentheses(unit, a.value)) != nullptr;
    if (a.function == function && !call) at(a.node);
  }
  for (const Loop& loop : view.facts().loops) {
    if (loop.function == function && loop.async) at(loop.node);
  }
  for (const WithItem& item : view.facts().with_items) {
    if (item.function != function || !item.async || item.value == kNoNode) continue;
    const Call* call = view.facts().call_at(inside_parentheses(unit, item.value));
    ValueSet made = call == nullptr ? ValueSet{} : view.callee(*call);
    bool known = !made.unknown && !made.empty();
    for (const Value& v : made.values) known &= v.kind == ValueKind::external && !is_start_up(v.name, Form::serve);
    if (!known) at(item.statement);
  }
  return first;
}

// The same where what nobody knows starts nothing: a command awaits its clients one after the other.
NodeId first_known_start(const UnitView& view, FunctionId function) {
  const Unit& unit = view.unit();
  for (const Use& use : view.uses().uses) {
    if (use.function != function || (use.kind != UseKind::call && use.kind != UseKind::enter)) continue;
    if (!surely_does(view, view.at(), use, Form::serve, 0)) continue;
    NodeId loop = outermost_loop(unit, use.node);
    return loop == kNoNode ? use.node : loop;
  }
  return static_cast<NodeId>(unit.nodes.size());
}

// True if at most one of the two runs: they stand in different branches of one if.
bool exclude_each_other(const Unit& unit, NodeId a, NodeId b) {
  NodeId child = b;
  for (NodeId n = unit[b].parent; n != kNoNode; child = n, n = unit[n].parent) {
    if (a < n || a >= n + unit[n].size) continue;
    if (unit[n].kind != Kind::if_statement) return false;
    return a < child && unit[child].field == Field::alternative;
  }
  return false;
}

// In a coroutine that makes a server listen further down, and that no handler awaits.
bool is_before_listening(const UnitView& view, FunctionId function, NodeId node) {
  if (!view.facts().functions[function].async || outermost_loop(view.unit(), node) != kNoNode) return false;
  const auto& uses = view.uses().uses;
  const auto first = std::find_if(uses.begin(), uses.end(), [&](const Use& use) {
    bool runs = use.function == function && (use.kind == UseKind::call || use.kind == UseKind::enter);
    return runs && !exclude_each_other(view.unit(), use.node, node) &&
           surely_does(view, view.at(), use, Form::listen, 0);
  });
  if (first == uses.end() || first->node < node) return false;
  const WaysIn reached = view.effects().waits().reached({0, view.at().unit, function});
  view.look(reached.looked);
  return !reached.entry;
}

NodeId first_yield(const UnitView& view, FunctionId function) {
  NodeId first = static_cast<NodeId>(view.unit().nodes.size());
  for (const Return& y : view.facts().yields) {
    if (y.function == function) first = std::min(first, y.node);
  }
  return first;
}

Start start_of(const UnitView& view, FunctionId function) {
  Start start = by_decorator(view, function);
  if (start == Start::none && (by_method(view, function) || is_lifespan(view, function))) start = Start::handler;
  return start == Start::none ? by_call(view, function) : start;
}

// app.cli, app.cli.deploy, scripts.show, app.__main__: what such a module does delays its own command.
bool is_of_command(const UnitView& view) {
  std::string_view module = view.linker().index().module;
  while (!module.empty()) {
    const std::size_t dot = std::min(module.find('.'), module.size());
    if (is_word_for("commands", module.substr(0, dot))) return true;
    module.remove_prefix(std::min(dot + 1, module.size()));
  }
  return false;
}

Phase phase_of(const UnitView& view, FunctionId function, NodeId node) {
  const Function& fn = view.facts().functions[function];
  if (fn.module || fn.lambda) return Phase::running;
  switch (start_of(view, function)) {
    case Start::handler:
      return node < first_yield(view, function) ? Phase::start : Phase::running;
    case Start::command:
      return fn.async && node < first_known_start(view, function) ? Phase::command : Phase::running;
    case Start::main:
      if (fn.async && node < first_start(view, function)) return Phase::start;
      break;
    case Start::none:
      if (fn.async && is_of_command(view) && node < first_known_start(view, function)) return Phase::command;
      break;
  }
  return is_before_listening(view, function, node) ? Phase::start : Phase::running;
}

}  // namespace

void soften(const UnitView& view, FunctionId function, NodeId node, Finding& finding) {
  if (finding.severity != Severity::warning) return;
  switch (phase_of(view, function, node)) {
    case Phase::running:
      return;
    case Phase::start:
      finding.message += " Here that only delays the start.";
      break;
    case Phase::command:
      finding.message += " Here that only delays this command.";
      break;
  }
  finding.severity = Severity::info;
}

}  // namespace awaitd::analysis
