// AWD103: a synchronous database call on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::database); }

}  // namespace

extern constinit const Rule blocking_database = {
    .code = "AWD103",
    .name = "blocking-database",
    .summary = "A synchronous database call on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
