// Text files compiled into the binary by cmake/awaitd_targets.cmake (knowledge tables, rule pages). Static, read-only.
#pragma once
#include <string_view>

namespace awaitd::analysis {

struct EmbeddedFile {
  std::string_view name;  // file name without folder
  std::string_view text;
};
extern const EmbeddedFile knowledge_files[];
extern const unsigned knowledge_files_count;
extern const EmbeddedFile rule_pages[];
extern const unsigned rule_pages_count;

}  // namespace awaitd::analysis
