// The hover on code without a finding: where a function runs and how it gets there, what blocks below it, what an
// outside call does to its thread and how long it waits. Nothing where nothing is known. Any thread.
#pragma once
#include <optional>
#include <span>

#include "analysis/engine.h"
#include "analysis/insight/calls.h"

namespace awaitd::analysis {

// As hover(), for who has the finding's message and notes before his eyes already.
std::optional<Hover> hover_below_message(const Analysis& analysis, std::uint32_t offset);

// modules: more analyses that may hold callers (those of other open documents).
std::optional<Hover> explain(const AnalysisPtr& analysis, std::uint32_t offset, std::span<const AnalysisPtr> modules);

// One line on a function: "on the loop: `handler()` -> `load()`; blocks it 2 calls down". For code lenses.
std::string summary(const AnalysisPtr& analysis, const FunctionPlace& function, std::span<const AnalysisPtr> modules);

}  // namespace awaitd::analysis
