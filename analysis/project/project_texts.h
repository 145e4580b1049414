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
  // Files of other projects beside this one whose text may hold a name, and the top-level name that they import from
  // here; sorted by path.
  virtual std::vector<SourceFile> beyond(std::string_view, std::string_view) { return {}; }
  // The text of one of these files as it is now.
  virtual std::optional<std::string> text(const std::string& path) = 0;
  // False for a file that nobody may write.
  virtual bool changeable(const std::string&) { return true; }
};

}  // namespace awaitd::analysis
