// Which expressions of a unit make a coroutine, and what becomes of it: what family 8xx shares, found once per unit.
// A decorator nobody knows, a name that may be something else, a union of sync and async: all of these are no coroutine
// here. Plain data; ids are the unit's.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/knowledge/coroutines.h"
#include "analysis/rules/result_use.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct CoroutineEvent {
  NodeId node = kNoNode;       // the call, or the attribute of an async property
  const Call* call = nullptr;  // null for a property
  std::string origin;          // "asyncio.sleep", "app.store.Store.load"
  bool lazy_object = false;    // no coroutine, but an object that needs an await all the same
  bool future = false;         // of these one that runs whether somebody awaits it or not: a task, a future
  UseOfResult use;
  FunctionId function = 0;  // whose code it is
};

// Those whose value is neither awaited nor handed on: dropped, named, returned, used as if it were the result.
std::vector<CoroutineEvent> coroutine_events(const UnitView& view);

// What every value of a set is: the origin of the coroutine function that made it, or nothing.
struct Made {
  std::string origin;
  bool lazy_object = false, future = false;
};
std::optional<Made> coroutine_made(const UnitView& view, const ValueSet& values);
// The same of a call's result.
std::optional<Made> coroutine_made(const UnitView& view, const Call& call);

// What a function of the project gives when it is called, decorators included.
enum class CallGives : std::uint8_t { unknown, coroutine, generator, async_generator, value };
CallGives gives(const UnitView& view, const Value& function);

// "`fetch()`", "`client.get(url)`": the call as it is written, shortened.
std::string written_call(const UnitView& view, NodeId node);

}  // namespace awaitd::analysis
