// Text to a module as others see it. Pure; for files that nobody edits.
#pragma once
#include "analysis/engine.h"
#include "analysis/link/module_index.h"

namespace awaitd::analysis {

ModulePtr load_module(const SourceFile& file, std::string_view text);

// True if no other module can tell one version from the other (places inside it may have moved).
bool same_to_others(const ModuleIndex& a, const ModuleIndex& b);

}  // namespace awaitd::analysis
