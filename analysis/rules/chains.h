// Rules about effects that come through functions of the project: the chain as notes, and how it is told.
#pragma once
#include <string>
#include <vector>

#include "analysis/effects/effects.h"
#include "analysis/effects/names.h"
#include "analysis/finding.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// The steps from a function to what it reaches, one note each; the last is the place itself.
std::vector<Note> chain_notes(const UnitView& view, const FunctionKey& from, Effect effect);
// "`load()` -> `read()` -> `Path.read_text()`", the middle left out where it is long.
std::string chain_text(const UnitView& view, const FunctionKey& from, Effect effect);

// The nearest of what a use runs that has the effect; null if none.
struct ReachedBy {
  FunctionKey function;
  const Reach* reach = nullptr;
  bool probable = false;
};
ReachedBy nearest(const UnitView& view, std::uint32_t use, Effect effect);

}  // namespace awaitd::analysis
