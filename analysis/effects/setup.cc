#include "analysis/effects/setup.h"

#include "analysis/knowledge/coroutines.h"
#include "analysis/knowledge/line.h"

namespace awaitd::analysis {

bool is_setup(const Linker& linker, const FunctionKey& through, const Reach& reach) {
  if (reach.fact == nullptr || !has_word(reach.fact->unless, "setup")) return false;
  const std::string_view name =
      linker.unit({through.module, through.unit}).data->exports->functions[through.function].name;
  return name == "__init__" || name == "__post_init__" || name == "__new__";
}

bool remembers(Linker& linker, const FunctionKey& function) {
  const At at{function.module, function.unit};
  const Exports& exports = *linker.unit(at).data->exports;
  if (function.function >= exports.functions.size()) return false;
  for (TermId decorator : exports.functions[function.function].decorators) {
    for (const Value& v : linker.values(exports.terms, decorator, at).values) {
      const bool named = v.kind == ValueKind::external || v.kind == ValueKind::instance;
      if (named && coroutine_use(v.name).role == CoroutineRole::cache) return true;
    }
  }
  return false;
}

}  // namespace awaitd::analysis
