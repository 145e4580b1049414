#include "analysis/effects/flags.h"

namespace awaitd::analysis {
namespace {

// Whether a literal is true, and whether it is None; nothing for what is no literal.
std::optional<bool> literal(const Unit& unit, NodeId node, bool none) {
  node = inside_parentheses(unit, node);
  std::string_view text = unit.text_of(node);
  switch (unit[node].kind) {
    case Kind::none: return none;
    case Kind::true_: return !none;
    case Kind::false_: return false;
    case Kind::integer: return !none && text != "0";
    case Kind::string: return !none && text.size() > 2;
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<bool> runs_for(const Linker& linker, At caller, const Use& from, At callee, FunctionId function, bool bound,
                             const Use& guarded) {
  if (guarded.flag.empty() || guarded.function != function) return std::nullopt;
  const Facts& here = *linker.unit(caller).data->facts;
  // Of a generator function it is the call that is looped over or entered.
  const bool made_here = from.kind == UseKind::iterate || from.kind == UseKind::consume || from.kind == UseKind::enter;
  const Call* made = made_here ? here.call_at(inside_parentheses(*here.unit, from.node)) : nullptr;
  if (from.kind == UseKind::call && from.call != kNone) made = &here.calls[from.call];
  if (made == nullptr) return std::nullopt;
  const Facts& there = *linker.unit(callee).data->facts;
  const Binding* parameter = nullptr;
  for (std::uint32_t b : there.bindings_in(there.functions[function].scope, guarded.flag)) {
    if (there.bindings[b].kind == BindingKind::parameter) parameter = &there.bindings[b];
  }
  if (parameter == nullptr) return std::nullopt;
  const Call& call = *made;
  const Argument* given = here.keyword(call, guarded.flag);
  int position = parameter->index - (bound ? 1 : 0);
  if (given == nullptr && parameter->index >= 0 && position >= 0) given = here.positional(call, position);
  std::optional<bool> value;
  if (given != nullptr) {
    value = literal(*here.unit, given->value, guarded.flag_none);
  } else {
    for (const Argument& a : here.arguments_of(call)) {
      if (a.stars != 0) return std::nullopt;
    }
    if (parameter->value != kNoNode) value = literal(*there.unit, parameter->value, guarded.flag_none);
  }
  if (!value) return std::nullopt;
  return *value == guarded.flag_holds;
}

}  // namespace awaitd::analysis
