// AWD102: a synchronous HTTP request on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::http); }

}  // namespace

extern constinit const Rule blocking_http = {
    .code = "AWD102",
    .name = "blocking-http",
    .summary = "A synchronous HTTP request on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
