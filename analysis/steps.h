// The steps of analyse() that have files of their own. Each takes from the previous analysis what is still true.
#pragma once
#include "analysis/analysis_state.h"

namespace awaitd::analysis {

// parsing.cc: fills chunks, recent and complete; false if cancelled. previous may be null.
bool build_chunks(Analysis& next, const AnalysisPtr& previous, Parser& parser, const ParseBudget& budget);

// indexing.cc: true if nobody outside the changed units can tell the new module from the one before.
bool same_exports(const Analysis& next, const Analysis& previous);
// The index of chunks and first_unit; with the tables of the one before if they are known to be the same.
ModulePtr make_index(const Analysis& next, const AnalysisPtr& previous, bool same_tables);

}  // namespace awaitd::analysis
