// Taking a block out of the statement around it. Pure functions.
#pragma once
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

// Puts the body of a with statement in its place, one step further out; false if the lines are not that simple.
bool replace_by_body(EditBuilder& edits, const UnitView& view, NodeId statement);
// Where the line below the head of a compound statement starts; nothing if a comment or a statement stands behind the colon.
std::optional<std::uint32_t> below_head(const Unit& unit, NodeId statement);
// Takes one step of indentation (the width from `outer` to `inner`) from the whole lines of [from, to); false if a line
// is indented less.
bool dedent(EditBuilder& edits, const Unit& unit, Range lines, std::size_t width);

}  // namespace awaitd::analysis
