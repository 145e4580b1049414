// Small helpers on value sets, shared by the linker's files.
#pragma once
#include "analysis/link/value.h"

namespace awaitd::analysis {

inline constexpr std::size_t kMaxValues = 12;  // a name that can be more things than this is unknown

ValueSet one(Value value);
ValueSet unknown_value();
// Adds what is new; over kMaxValues the rest is dropped and the set is marked unknown.
void merge(ValueSet& into, const ValueSet& from);
// Equal in every value, order included.
bool same(const ValueSet& a, const ValueSet& b);
// The elements of every value that has some.
ValueSet inner_of(const Value& value);

}  // namespace awaitd::analysis
