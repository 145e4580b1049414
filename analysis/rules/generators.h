// Async generators: what they yield inside of, and whether something makes a context manager of them.
// Pure functions of a view.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/flow/queries.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct YieldInside {
  NodeId yield = kNoNode;
  NodeId context = kNoNode;  // of the innermost with around it that matters
};

bool is_async_generator(const Function& function);
// Decorated into a context manager or a fixture: then what runs it enters and leaves it in one task.
bool is_context_manager(const UnitView& view, FunctionId function);
// A fixture whose plugin enters it in one task and leaves it in another: pytest-asyncio, whose auto mode takes all.
bool is_split_fixture(const UnitView& view, FunctionId function);
// Handed to a framework of which it is known to enter and leave it, in this module: Depends(session).
bool is_dependency(const UnitView& view, FunctionId function);
bool is_decorated(const UnitView& view, FunctionId function);
// Yields in a loop, or several: an iterator, not something that is entered and left once.
bool yields_often(const UnitView& view, FunctionId function);
std::vector<YieldInside> yields_inside_with(const UnitView& view, FunctionId function);

// `async with aclosing(generator()) as items: async for x in items: ...` around the loop. From Python 3.10.
std::optional<Fix> close_behind(const UnitView& view, const Loop& loop, std::string title, bool probe);

}  // namespace awaitd::analysis
