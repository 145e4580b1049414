// Fixes of family 6xx: the argument that bounds a call, or a scope around it. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {

struct ProcessWait {
  std::string process;  // the name that holds it
  std::string target;   // "stdout, stderr = ", or nothing
  std::string call;     // "process.communicate()"
  std::string origin;   // its row in timeouts.tsv: "asyncio.subprocess.Process.communicate"
  std::string seconds;  // what the code says; empty: what is usual is proposed
};

void fix_waits(const UnitView& view, const WaitGroup& group, FixList& fixes);

// "timeout=10", with a tab stop, for a synchronous call that would wait without one in a worker thread; else empty.
std::string timeout_in_thread(EditBuilder& edits, const UnitView& view, const Call& call);

// The lines that wait for a process for some time only, and end it when the time is up or who waits is cancelled. One
// tab a step of indentation.
std::vector<std::string> bounded_wait(EditBuilder& edits, const UnitView& view, NodeId at, const ProcessWait& wait);

// The manager or function by which this module's library and Python version bound a wait; null if nothing is known.
const ScopeFact* usual_scope(const UnitView& view);
// The same that is a context manager, whatever the Python version; null if the library has none.
const ScopeFact* manager_scope(const UnitView& view);
// Seconds to propose for a kind of wait.
int proposed_seconds(WaitKind kind);

}  // namespace awaitd::analysis
