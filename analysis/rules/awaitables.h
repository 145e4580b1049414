// What surely cannot be awaited, for the rules that look at awaits. Unknown is never sure. Pure functions of the view.
#pragma once
#include <string_view>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

// True if no value of the set can be awaited. With `data`, classes of data count, whose bases are outside (models, enums):
// enough for a declaration; an await says that the object may be something else.
bool surely_not_awaitable(const UnitView& view, const ValueSet& values, bool data = false);
// True for a def that says nothing of what its overrides do: a body of `pass`, `...`, a docstring, a raise; abstract.
bool is_stub(const UnitView& view, const Value& function);
// True if nothing but such a body is there.
bool has_stub_body(const UnitView& view, const Value& function);
// True if this module or the function's own has an async method of that name in another class: an override perhaps.
bool has_async_namesake(const UnitView& view, const Value& function);

}  // namespace awaitd::analysis
