// AWD107: waiting for the keyboard on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::console); }

}  // namespace

extern constinit const Rule blocking_input = {
    .code = "AWD107",
    .name = "blocking-input",
    .summary = "Waiting for the keyboard on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
