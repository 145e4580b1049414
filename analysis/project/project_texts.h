// What a fix that reaches over files asks of a project beside names: which files may speak of something, and their
// text. A ModuleSource may be one of these too (Project is); others give no such fixes. Implementations are thread-safe
// and may be slow.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine.h"

namespace awaitd::analysis {

class ProjectTexts {
 public:
  virtual ~ProjectTexts() = default;
  // The files whose text may hold a name as a whole word, whether anybody imports them or not; sorted by path.
  virtual std::vector<SourceFile> holding(std::string_view name) = 0;
  // The text of one of its files as it is now.
  virtual std::optional<std::string> text(const std::string& path) = 0;
};

}  // namespace awaitd::analysis
