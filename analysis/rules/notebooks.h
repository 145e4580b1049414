// The cells of a notebook as one module: a loop runs around them, so await stands at the top and asyncio.run() cannot.
// The server names such a module by its notebook. Pure.
#pragma once
#include "analysis/unit_view.h"

namespace awaitd::analysis {

inline bool in_notebook(const UnitView& view) { return view.linker().index().path.ends_with(".ipynb"); }

// A loop runs while this code does: in what runs on it, and in the cells around functions. What stalls the loop there
// stalls only who waits for the cell, so most rules ask view.on_loop().
inline bool loop_runs(const UnitView& view, FunctionId function) {
  return view.on_loop(function) || (in_notebook(view) && view.facts().functions[function].module);
}

}  // namespace awaitd::analysis
