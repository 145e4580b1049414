// The last lines of a check, its table of counts, and its diffs in colour. Pure.
#pragma once
#include <string>

#include "server/cli/check_file.h"

namespace awaitd::server {

std::string summary(const Counts& counts, const CheckOptions& options, bool failed, const Style& style);
std::string diff_summary(const Counts& counts);
// --statistics: a table, or JSON records one a line, `separator` between them.
std::string statistics_table(const Counts& counts, const Style& style);
std::string statistics_json(const Counts& counts, std::string_view separator);
// --verbose
std::string file_counts(const Counts& counts, double seconds);
std::string coloured_diff(const std::string& diff, const Style& style);

}  // namespace awaitd::server
