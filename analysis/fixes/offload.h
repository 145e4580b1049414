// Handing one call or expression to a worker thread, in the way of the module's event loop library and Python version.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

// "asyncio.to_thread", "trio.to_thread.run_sync", "loop.run_in_executor" where Python is too old for the first.
std::string offload_name(const UnitView& view);
// "Run in a worker thread with asyncio.to_thread"
std::string offload_title(const UnitView& view, std::string_view what = "");
// "asyncio.to_thread(call)": `call` is a callable and its arguments; keywords: some of them are keyword arguments.
// Adds imports to edits; nothing if a name stands in the way.
std::optional<std::string> offloaded(EditBuilder& edits, const UnitView& view, NodeId node, std::string call,
                                     bool keywords);

// "f, args" for a call f(args), keeping one argument a line where the code did so.
// `more` is one more argument behind the last one.
std::string callable_and_arguments(const UnitView& view, const Call& call, std::string_view more = {});
bool has_keywords(const UnitView& view, const Call& call);
// Replaces a call by one that runs in a thread, with the same arguments and, if it could wait for ever, a timeout;
// false if a name stands in the way.
bool offload_call(EditBuilder& edits, const UnitView& view, const Call& call);

// May the work of this event move to another thread by itself?
bool may_offload(const BlockingEvent& event);
// Adds the edit that runs one event in a thread; false if it cannot be done in place.
bool offload_event(EditBuilder& edits, const UnitView& view, const BlockingEvent& event);
void fix_thread(const UnitView& view, const BlockingEvent& event, FixList& fixes);

}  // namespace awaitd::analysis
