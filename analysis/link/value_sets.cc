#include "analysis/link/value_sets.h"

namespace awaitd::analysis {

ValueSet one(Value value) {
  ValueSet set;
  set.values.edit().push_back(std::move(value));
  return set;
}

ValueSet unknown_value() {
  ValueSet set;
  set.unknown = true;
  return set;
}

void merge(ValueSet& into, const ValueSet& from) {
  into.unknown |= from.unknown;
  if (into.values.empty() && from.values.size() <= 1) into.values = from.values;
  if (from.values.empty() || into.values.begin() == from.values.begin()) return;
  std::vector<Value>& all = into.values.edit();
  for (const Value& v : from.values) {
    bool known = false;
    for (Value& old : all) {
      if (old.kind != v.kind || old.name != v.name || old.id != v.id) continue;
      bool project = v.kind != ValueKind::instance || v.id != 0;
      if (project && (old.module != v.module || old.unit != v.unit)) continue;
      if (old.call != v.call || old.unit != v.unit || old.module != v.module) old.call = kNoCall;
      if (old.number != v.number) old.number = kNoNumber;
      if (!old.inner && v.inner) old.inner = v.inner;
      if (!old.elements && v.elements) old.elements = v.elements;
      if (!old.around && v.around) old.around = v.around;
      known = true;
      break;
    }
    if (known) continue;
    if (all.size() >= kMaxValues) {
      into.unknown = true;
      return;
    }
    all.push_back(v);
  }
}

namespace {

bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.name != b.name || a.module != b.module || a.unit != b.unit || a.id != b.id ||
      a.call != b.call || a.probable != b.probable || a.number != b.number || !a.inner != !b.inner ||
      !a.elements != !b.elements || !a.around != !b.around) {
    return false;
  }
  if (a.around && a.around != b.around && !awaitd::analysis::same(*a.around, *b.around)) return false;
  if (a.inner && a.inner != b.inner && !awaitd::analysis::same(*a.inner, *b.inner)) return false;
  if (!a.elements || a.elements == b.elements) return true;
  if (a.elements->size() != b.elements->size()) return false;
  for (std::size_t i = 0; i < a.elements->size(); ++i) {
    if (!awaitd::analysis::same((*a.elements)[i], (*b.elements)[i])) return false;
  }
  return true;
}

}  // namespace

bool same(const ValueSet& a, const ValueSet& b) {
  if (a.unknown != b.unknown || a.values.size() != b.values.size()) return false;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (!same(a.values[i], b.values[i])) return false;
  }
  return true;
}

ValueSet inner_of(const Value& value) { return value.inner ? *value.inner : unknown_value(); }

}  // namespace awaitd::analysis
