// AWD101: time.sleep in code that runs on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::sleep); }

}  // namespace

extern constinit const Rule blocking_sleep = {
    .code = "AWD101",
    .name = "blocking-sleep",
    .summary = "time.sleep in code that runs on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
