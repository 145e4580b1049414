// A name that holds a coroutine if one branch was taken and a plain value if another was: whether what is done with it
// behind both is surely wrong. Code that tells the two apart, awaits the name or hands it on is believed. Pure
// functions of the view; ids are the unit's.
#pragma once
#include "analysis/rules/coroutine_values.h"

namespace awaitd::analysis {

// True if the uses behind the branches (NameUses::shared) get this coroutine, and nobody there expects one.
bool mixed_up(const UnitView& view, const CoroutineEvent& event, const NameUses& uses);

}  // namespace awaitd::analysis
