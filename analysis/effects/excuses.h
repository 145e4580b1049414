// When a call of a blocking callable does not block after all (the `unless` column of blocking.tsv): blocking=False,
// os.WNOHANG, an in-memory file, a socket set non-blocking before.
#pragma once
#include "analysis/effects/uses.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/link/linker.h"

namespace awaitd::analysis {

bool excused(Linker& linker, At at, const Use& use, const BlockingFact& fact);

// The argument at a position (without the receiver) or with a keyword; null if not given.
const Argument* argument(const Facts& facts, const Call& call, int position, std::string_view keyword);

// A call of a function of the project.
struct Passed {
  At caller, callee;
  const Call* call = nullptr;  // in the caller's unit
  FunctionId function = 0;     // in the callee's
  bool bound = false;          // its first parameter is the object it is called on
};

// True if `step`, a use of the callee, works on a parameter and the call passes something whose making excuses it:
// members(archive) where archive is opened over io.BytesIO.
bool excused_by_argument(Linker& linker, const Passed& passed, const Use& step, const BlockingFact& fact);

}  // namespace awaitd::analysis
