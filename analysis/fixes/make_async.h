// "Make load() async and await it": one fix over all files of the project that turns sync functions into async ones,
// awaits every call of them, makes the sync callers in between async as well, up to the next async def, and replaces
// what blocked in them by its async way. All or nothing: the result is worked out and analysed before it is offered,
// and it is not if some caller cannot be changed, or if anything new is found in a file that would be edited; then it
// is said why. Reads and analyses files through ProjectTexts: milliseconds and more. Offsets of the fix are document
// offsets.
#pragma once
#include <optional>
#include <span>

#include "analysis/engine.h"
#include "analysis/facts/facts.h"

namespace awaitd::analysis {

struct Definition {
  SourceFile file;
  std::uint32_t unit = 0;  // ModuleIndex::units of that file
  FunctionId function = 0;
};

// functions: what has to be async for the finding of this analysis to go away, the functions of its chain. coroutine: a
// call in one of them, in this document, that only has to be awaited (it stands as a statement).
struct MadeAsync {
  std::optional<Fix> fix;
  std::string title;    // of the fix that there is, or would be
  std::string refusal;  // where there is none: "pause() is used as a value: m/more.py, line 7"
};
MadeAsync make_async(const Analysis& analysis, const Finding& finding, std::span<const Definition> functions,
                     std::optional<Range> coroutine = std::nullopt);

}  // namespace awaitd::analysis
