// The project as an edit would make it: some of its modules are others, the rest is what it is. Thread-safe while
// nobody calls put().
#pragma once
#include <map>
#include <memory>
#include <string>

#include "analysis/link/linker.h"

namespace awaitd::analysis {

class SupposedModules final : public ModuleSource {
 public:
  // real may be null: a file that stands alone.
  explicit SupposedModules(std::shared_ptr<ModuleSource> real) : real_(std::move(real)) {}
  void put(const ModulePtr& module) { modules_[module->path] = module; }
  ModulePtr find(std::string_view dotted, const ModuleIndex& importer) override {
    ModulePtr found = real_ ? real_->find(dotted, importer) : nullptr;
    if (!found || found->path.empty()) return found;
    const auto other = modules_.find(found->path);
    return other == modules_.end() ? found : other->second;
  }

 private:
  const std::shared_ptr<ModuleSource> real_;
  std::map<std::string, ModulePtr> modules_;  // by path
};

}  // namespace awaitd::analysis
