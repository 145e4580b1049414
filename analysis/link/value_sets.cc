#include "analysis/link/value_sets.h"

namespace awaitd::analysis {

ValueSet one(Value value) {
  ValueSet set;
  set.values.push_back(std::move(value));
  return set;
}

ValueSet unknown_value() {
  ValueSet set;
  set.unknown = true;
  return set;
}

void merge(ValueSet& into, const ValueSet& from) {
  into.unknown |= from.unknown;
  for (const Value& v : from.values) {
    bool known = false;
    for (Value& old : into.values) {
      if (old.kind != v.kind || old.name != v.name || old.module != v.module || old.unit != v.unit || old.id != v.id) continue;
      if (!old.inner && v.inner) old.inner = v.inner;
      if (!old.elements && v.elements) old.elements = v.elements;
      known = true;
      break;
    }
    if (known) continue;
    if (into.values.size() >= kMaxValues) {
      into.unknown = true;
      return;
    }
    into.values.push_back(v);
  }
}

ValueSet inner_of(const Value& value) { return value.inner ? *value.inner : unknown_value(); }

}  // namespace awaitd::analysis
