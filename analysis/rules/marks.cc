#include "analysis/rules/marks.h"

namespace awaitd::analysis {

#define AWAITD_MARK(rule, mark) extern const Rule rule;
#include "analysis/rules/marks.def"
#undef AWAITD_MARK

Mark mark_of(const Rule& rule) {
#define AWAITD_MARK(name, mark) \
  if (&rule == &(name)) return Mark::mark;
#include "analysis/rules/marks.def"
#undef AWAITD_MARK
  return Mark::none;
}

}  // namespace awaitd::analysis
