// AWD109: a call that your configuration lists as blocking, on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::configured); }

}  // namespace

extern constinit const Rule blocking_configured_call = {
    .code = "AWD109",
    .name = "blocking-configured-call",
    .summary = "A call that your configuration lists as blocking, on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
