// AWD106: synchronous network traffic, name look-up or cloud client on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::network); }

}  // namespace

extern constinit const Rule blocking_network = {
    .code = "AWD106",
    .name = "blocking-network",
    .summary = "Synchronous network traffic, name look-up or cloud client on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
