// The same keystrokes without a server: what the bare parsing of them costs. Times in microseconds, one a keystroke.
#pragma once
#include <string>
#include <vector>

#include "tests/bench/edits.h"

namespace awaitd::bench {

// tree-sitter's own incremental parse of the whole file: ts_tree_edit and ts_parser_parse.
std::vector<double> reparse_whole(const std::string& text, const std::vector<Keystroke>& keys);

// awaitd's text, chunks, parse and flat units: analysis::Document::edited and analysis::Parser.
std::vector<double> reparse_chunks(const std::string& text, const std::vector<Keystroke>& keys);

// All of the analysis library, from the edit to the findings.
std::vector<double> analyse_all(const std::string& text, const std::vector<Keystroke>& keys);

}  // namespace awaitd::bench
