// Child processes: run(), check_output() and their like with arguments that are all understood become
// asyncio.create_subprocess_exec().
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

void fix_process(const UnitView& view, const BlockingEvent& event, FixList& fixes);

}  // namespace awaitd::analysis
