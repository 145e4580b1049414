#include "analysis/effects/names.h"

namespace awaitd::analysis {

std::string short_origin(const Knowledge& knowledge, std::string_view origin) {
  constexpr std::string_view kBuiltins = "builtins.";
  if (origin.starts_with(kBuiltins)) origin.remove_prefix(kBuiltins.size());
  std::size_t method = origin.rfind('.');
  if (method != std::string_view::npos && knowledge.is_class(origin.substr(0, method))) {
    std::size_t cls = origin.rfind('.', method - 1);
    if (cls != std::string_view::npos) origin.remove_prefix(cls + 1);
  }
  return std::string(origin) + "()";
}

std::string short_name(const Linker& linker, const FunctionKey& function) {
  std::string name = linker.function_name({function.module, function.unit}, function.function);
  const std::string& module = linker.index(function.module).module;
  if (!module.empty() && name.size() > module.size() && name.compare(0, module.size(), module) == 0) {
    name.erase(0, module.size() + 1);
  }
  return "`" + name + "()`";
}

}  // namespace awaitd::analysis
