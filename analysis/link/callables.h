// The name of an instance that stands for anything that can be called, where an annotation says what the call gives: the
// inner value. A constant; of the typing module (PEP 484).
#pragma once
#include <string_view>

namespace awaitd::analysis {

inline constexpr std::string_view kCallable = "typing.Callable";

}  // namespace awaitd::analysis
