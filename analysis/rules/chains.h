// Rules about effects that come through functions of the project: the chain as notes, and how it is told.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "analysis/effects/effects.h"
#include "analysis/effects/names.h"
#include "analysis/finding.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// The steps from a function to what it reaches, one note each; the last is the place itself. first: the step in that
// function (ReachedBy::reach), where the call's arguments decide it.
std::vector<Note> chain_notes(const UnitView& view, const FunctionKey& from, Effect effect, const Reach* first = nullptr);
// "`load()` -> `read()` -> `Path.read_text()`", the middle left out where it is long.
std::string chain_text(const UnitView& view, const FunctionKey& from, Effect effect, const Reach* first = nullptr);

// The nearest of what a use runs that has the effect; null if none.
struct ReachedBy {
  FunctionKey function;
  std::shared_ptr<const Reach> reach;
  bool probable = false;
};
ReachedBy nearest(const UnitView& view, std::uint32_t use, Effect effect);

}  // namespace awaitd::analysis
