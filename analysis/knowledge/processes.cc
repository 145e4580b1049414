#include "analysis/knowledge/processes.h"

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {

namespace {

// Calls each(first, second, third) for the lines of an embedded table; columns that are missing are empty.
template <typename Each>
void each_row(std::string_view file, Each&& each) {
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != file) continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
      std::string_view columns[3];
      for (std::string_view& column : columns) {
        column = line.substr(0, line.find('\t'));
        line.remove_prefix(column.size() == line.size() ? line.size() : column.size() + 1);
      }
      each(columns[0], columns[1], columns[2]);
    });
  }
}

}  // namespace

std::optional<ProcessWay> process_way(std::string_view library) {
  std::optional<ProcessWay> found;
  each_row("processes.tsv", [&](std::string_view of, std::string_view form, std::string_view name) {
    if (of == library) found = ProcessWay{of, form == "executor", name};
  });
  return found;
}

bool hands_elements(std::string_view name) {
  bool found = false;
  each_row("processes.tsv", [&](std::string_view, std::string_view form, std::string_view of) {
    found |= form == "each" && of == name;
  });
  return found;
}

std::string_view unpicklable(std::string_view cls) {
  std::string_view found;
  each_row("unpicklable.tsv", [&](std::string_view name, std::string_view what, std::string_view) {
    if (name == cls) found = what;
  });
  return found;
}

}  // namespace awaitd::analysis
