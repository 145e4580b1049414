#include "analysis/insight/dependencies.h"

#include "analysis/analysis_state.h"

namespace awaitd::analysis {

std::vector<std::string> files_looked_at(const Analysis& analysis) {
  const std::lock_guard lock(analysis.link->mutex);
  std::vector<std::string> out;
  for (const ModulePtr& module : analysis.link->linker.modules()) {
    if (!module->path.empty() && module->path != analysis.file.path) out.push_back(module->path);
  }
  return out;
}

}  // namespace awaitd::analysis
