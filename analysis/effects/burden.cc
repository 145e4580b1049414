#include "analysis/effects/burden.h"

namespace awaitd::analysis {

Burden burden_of(const BlockingFact& fact) {
  if (fact.kind != BlockingKind::cpu || fact.strength == Strength::small) return Burden::none;
  if (fact.strength == Strength::certain) return Burden::heavy;
  if (fact.usual == "10-100" || fact.usual == "100+") return Burden::heavy;
  // What runs any code at all (eval) says nothing about how long.
  return fact.usual == "unbounded" ? Burden::none : Burden::some;
}

bool keeps_interpreter(const BlockingFact& fact) { return fact.gil == Gil::held || fact.fix == FixKind::process_pool; }

}  // namespace awaitd::analysis
