// What the syntax tests share: texts of units and syntaxes to compare, and the invariants of a syntax.
#pragma once
#include <string>
#include <vector>

#include "analysis/syntax/parse.h"

namespace awaitd::analysis {

// S-expression of kinds and fields.
std::string shape(const Unit& unit);
// Everything two equal syntaxes share: texts, places, nodes, flags.
std::string everything(const ChunkSyntax& syntax);
// What is wrong with a syntax; empty if nothing is.
std::string problems(const ChunkSyntax& syntax);
// Short texts of all kinds, whole and broken.
std::vector<std::string> samples();

}  // namespace awaitd::analysis
