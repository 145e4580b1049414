#include "analysis/effects/names.h"

namespace awaitd::analysis {

std::string short_name(const Linker& linker, const FunctionKey& function) {
  std::string name = linker.function_name({function.module, function.unit}, function.function);
  const std::string& module = linker.index(function.module).module;
  if (!module.empty() && name.size() > module.size() && name.compare(0, module.size(), module) == 0) {
    name.erase(0, module.size() + 1);
  }
  return "`" + name + "()`";
}

}  // namespace awaitd::analysis
