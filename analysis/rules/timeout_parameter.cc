// AWD607 (off by default): an async def that takes a timeout, where its callers could put a scope around the call.
#include <algorithm>

#include "analysis/fixes/timeout_fixes.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kParameter = "timeout";

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (FunctionId f = 0; f < facts.functions.size(); ++f) {
    const Function& fn = facts.functions[f];
    if (!fn.async || fn.name == kNoNode) continue;
    const ScopeFact* scope = usual_scope(view);
    // What overrides a method has the parameters of that method.
    std::uint32_t cls = view.linker().unit(view.at()).cls;
    bool inherits =
        cls != kNone && !view.linker().index().tables->classes.empty() &&
        (!view.linker().external_bases(0, cls).names.empty() || view.linker().external_bases(0, cls).unknown);
    if (scope == nullptr || scope->form != ScopeFact::Form::with || inherits) continue;
    for (std::uint32_t id : facts.bindings_in(fn.scope, kParameter)) {
      const Binding& b = facts.bindings[id];
      if (b.kind != BindingKind::parameter) continue;
      report.add(b.target,
                 "`" + view.function_name(f) +
                     "()` takes a timeout of its own: callers can bound it, and several calls together, with `" +
                     std::string(scope->with_async ? "async with " : "with ") + std::string(scope->name) + "(...):`.");
      break;
    }
  }
}

}  // namespace

extern constinit const Rule timeout_parameter = {
    .code = "AWD607",
    .name = "timeout-parameter",
    .summary = "An async def with a timeout parameter, where callers could use a scope",
    .severity = Severity::info,
    .enabled = false,
    .check = check,
};

}  // namespace awaitd::analysis
