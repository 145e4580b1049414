// What other linters have to say about async code (linters.tsv): which of them has a rule, and which origins that rule surely
// sees. Pure functions of the embedded table; any thread. Codes are those of the other linters: "ASYNC251".
#pragma once
#include <string_view>
#include <vector>

namespace awaitd::analysis {

// The codes of a linter as the table calls it: "ruff", "ruff-preview", "flake8-async", "flake8-async-off".
std::vector<std::string_view> codes_of_linter(std::string_view linter);
// True if that rule reports a finding of ours with this origin ("time.sleep"; may be empty) without doubt.
bool linter_sees(std::string_view code, std::string_view origin);

}  // namespace awaitd::analysis
