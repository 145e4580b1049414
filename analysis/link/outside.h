// What the table of coroutines says that comes out of an outside value: of a coroutine when it is awaited, of a manager
// when it is entered. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "analysis/knowledge/knowledge.h"
#include "analysis/link/value.h"

namespace awaitd::analysis {

// how: await, aenter, aiterate of an instance (or the unexplored result of a call); call or attribute of the external
// `origin`. Empty if nothing is known.
ValueSet outside_result(const Knowledge& knowledge, std::string_view origin, How how, bool probable);

// Which of several outside bases of a class has a member: the first one in the tables that does, if they know those
// before it, too. The number of bases if nobody can tell.
std::size_t outside_owner(std::span<const std::string> bases, std::string_view name);

}  // namespace awaitd::analysis
