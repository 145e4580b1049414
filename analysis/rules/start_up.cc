#include "analysis/rules/start_up.h"

#include <algorithm>

#include "analysis/knowledge/startup.h"

namespace awaitd::analysis {
namespace {

using Form = StartUpFact::Form;
constexpr int kMaxDepth = 3;  // of coroutines that are looked into for whether they start something

enum class Start : std::uint8_t { none, handler, main, command };

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
  if (fact.form != Form::handed && fact.form != Form::event) return false;
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
          if (hands_over(other, call, fact, key)) found = Start::handler;
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

// Whether it is known that other tasks run from this call on.
bool surely_starts(const UnitView& view, At at, const Use& use, int depth) {
  Linker& linker = view.linker();
  for (const Value& v : linker.values(linker.unit(at).data->uses().terms, use.target, at).values) {
    const ContextFact* context = v.kind == ValueKind::external ? linker.knowledge().context(v.name) : nullptr;
    if (context != nullptr && context->role == Role::schedule && !context->decorator) return true;
    if ((v.kind == ValueKind::external || v.kind == ValueKind::instance) && is_start_up(v.name, Form::serve)) return true;
    if (v.kind != ValueKind::function || depth >= kMaxDepth) continue;
    view.look_at({v.module, v.unit});
    for (const Use& inner : linker.unit({v.module, v.unit}).data->uses().uses) {
      if (inner.function == v.id && inner.kind == UseKind::call && surely_starts(view, {v.module, v.unit}, inner, depth + 1)) return true;
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
    if (!surely_starts(view, view.at(), use, 0)) continue;
    NodeId loop = outermost_loop(unit, use.node);
    return loop == kNoNode ? use.node : loop;
  }
  return static_cast<NodeId>(unit.nodes.size());
}

NodeId first_yield(const UnitView& view, FunctionId function) {
  NodeId first = static_cast<NodeId>(view.unit().nodes.size());
  for (const Return& y : view.facts().yields) {
    if (y.function == function) first = std::min(first, y.node);
  }
  return first;
}

}  // namespace

bool starts_up(const UnitView& view, FunctionId function, NodeId node) {
  const Function& fn = view.facts().functions[function];
  if (fn.module || fn.lambda) return false;
  Start start = by_decorator(view, function);
  if (start == Start::none && (by_method(view, function) || is_lifespan(view, function))) start = Start::handler;
  if (start == Start::none) start = by_call(view, function);
  if (start == Start::handler) return node < first_yield(view, function);
  if (start == Start::command) return fn.async && node < first_known_start(view, function);
  return start == Start::main && fn.async && node < first_start(view, function);
}

void soften(const UnitView& view, FunctionId function, NodeId node, Finding& finding) {
  if (finding.severity != Severity::warning || !starts_up(view, function, node)) return;
  finding.severity = Severity::info;
  const bool command = by_decorator(view, function) == Start::command;
  finding.message += command ? " Here that only delays this command." : " Here that only delays the start.";
}

}  // namespace awaitd::analysis
