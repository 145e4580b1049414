// Which of the sync and async protocols a value has: `with`, `async with`, `for`, `async for`. "no" is only said of
// what is known completely: classes of the project without foreign bases, containers, and classes that the tables call
// async.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class Protocol : std::uint8_t { enter, aenter, iterate, aiterate };
enum class Has : std::uint8_t { no, yes, unknown };

Has has_protocol(const UnitView& view, const Value& value, Protocol protocol);

}  // namespace awaitd::analysis
