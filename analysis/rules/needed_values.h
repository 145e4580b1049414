// Whether what takes an argument can do nothing with a coroutine: what the parameter is annotated with, what the callee
// does with it, what a field of a model class holds, what coroutine_uses.tsv says of outside functions. Unknown is no.
// Pure functions of the view; they look into other units of the module and say so to it.
#pragma once
#include "analysis/rules/result_use.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

enum class Need : std::uint8_t {
  none,
  text,  // it writes it down, whatever it is: str(), "{}".format()
  value
};

// Of a use as an argument, or as an element of one.
Need need_of(const UnitView& view, const UseOfResult& use);

// True if nothing of that type can be awaited.
bool is_plain_type(const UnitView& view, const ValueSet& type);

// True for `isinstance(x, C)` where no C is what a coroutine could be an instance of.
bool asks_for_plain(const UnitView& view, const UseOfResult& use);

// `if isawaitable(x):`, `asyncio.iscoroutine(x)`: whoever asks knows what to do with one.
bool asks_about(const Facts& facts, std::string_view name, FunctionId function);

}  // namespace awaitd::analysis
