// AWD105: starting or waiting for a process synchronously on the event loop.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

void check(const UnitView& view, Report& report) { report_blocking(view, report, BlockingKind::subprocess); }

}  // namespace

extern constinit const Rule blocking_subprocess = {
    .code = "AWD105",
    .name = "blocking-subprocess",
    .summary = "Starting or waiting for a process synchronously on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
