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

}  // namespace awaitd::analysis
