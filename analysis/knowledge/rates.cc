#include "analysis/knowledge/rates.h"

#include <cstdlib>
#include <string>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {

std::optional<Rate> rate_of(std::string_view callable) {
  std::optional<Rate> found;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != "rates.tsv") continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
      if (found || !line.starts_with(callable) || line.size() <= callable.size() || line[callable.size()] != '\t')
        return;
      std::string_view columns[4];
      for (std::string_view& column : columns) {
        column = line.substr(0, line.find('\t'));
        line.remove_prefix(column.size() == line.size() ? line.size() : column.size() + 1);
      }
      Rate rate;
      if (columns[1][0] != '/') rate.position = columns[1][0] - '0';
      rate.keyword = columns[1].substr(columns[1].find('/') + 1);
      rate.length = columns[2] == "length";
      rate.milliseconds = std::strtod(std::string(columns[3]).c_str(), nullptr);
      found = rate;
    });
  }
  return found;
}

}  // namespace awaitd::analysis
