#include "analysis/effects/setup.h"

#include "analysis/knowledge/line.h"

namespace awaitd::analysis {

bool is_setup(const Linker& linker, const FunctionKey& through, const Reach& reach) {
  if (reach.fact == nullptr || !has_word(reach.fact->unless, "setup")) return false;
  const std::string_view name =
      linker.unit({through.module, through.unit}).data->exports->functions[through.function].name;
  return name == "__init__" || name == "__post_init__" || name == "__new__";
}

}  // namespace awaitd::analysis
