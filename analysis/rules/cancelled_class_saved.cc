// AWD903: what anyio.get_cancelled_exc_class() gives, kept in a variable. It is the class of the library that runs at
// that moment; a module that is imported before a loop runs cannot ask at all.
#include "analysis/rules/checkpoint_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) {
  if (!has_checkpoints(view)) return;
  each_call_of(view, CheckpointFact::What::cancelled, [&](const Call& call, const CheckpointFact& fact) {
    NodeId value = outside_parentheses(view.unit(), call.node);
    NodeId parent = view.unit()[value].parent;
    Kind kind = parent == kNoNode ? Kind::error : view.unit()[parent].kind;
    bool kept = kind == Kind::assignment || kind == Kind::named_expression || kind == Kind::default_parameter ||
                kind == Kind::typed_default_parameter;
    if (!kept) return;
    bool early = view.facts().functions[call.function].module ||
                 view.facts().scopes[view.facts().scope_of[call.node]].kind == ScopeKind::cls ||
                 kind == Kind::default_parameter || kind == Kind::typed_default_parameter;
    std::string text =
        "`" + std::string(view.text(call.node)) + "` names the cancellation of the library that runs now";
    text += early ? "; here no loop runs yet, so it raises when the module is imported. Call it in the `except` clause."
                  : ", not of the one that runs when the variable is used. Call it in the `except` clause.";
    Finding& finding = report.add(call.node, std::move(text));
    finding.origin = fact.name;
    if (!early) finding.severity = Severity::hint;
  });
}

}  // namespace

extern constinit const Rule cancelled_class_saved = {
    .code = "AWD903",
    .name = "cancelled-class-saved",
    .summary = "The class of cancellations kept in a variable (anyio)",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
