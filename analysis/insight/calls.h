// Who calls whom, as an editor's call hierarchy and hovers ask. Each question looks from one module; functions have
// names that several analyses share. Offsets are bytes of the function's own document, in the version this analysis
// sees. Pure but for what the linker remembers (locked a unit at a time, so that nobody waits long); any thread.
#pragma once
#include <compare>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/link/module_index.h"

namespace awaitd::analysis {

struct FunctionName {
  std::string path;  // of its file, as the server names it; empty: a document without file
  std::string name;  // "load", "Store.load", "outer.inner"; empty: the code around the functions
  auto operator<=>(const FunctionName&) const = default;
};

struct FunctionPlace {
  FunctionName id;
  std::string module;  // dotted; may be empty
  bool async = false;
  bool method = false;
  Range range;  // the whole definition
  Range name;   // its name
};

// What becomes of the thread on the way from the caller to the code that is called.
enum class Way : std::uint8_t {
  here,      // the caller's own
  loop,      // handed to the event loop
  elsewhere  // handed to a thread or a process, or called only where no loop runs
};

struct CallPlace {
  Range range;  // in the caller's document
  Way way{};
};
struct Calls {
  FunctionPlace other;
  std::vector<CallPlace> places;
};

// The function whose name stands at an offset, or those that a call there can run; empty if it is neither.
std::vector<FunctionPlace> functions_at(const Analysis& analysis, std::uint32_t offset);
// All functions of the document that have a name, in the order of the text.
std::vector<FunctionPlace> functions(const Analysis& analysis);
// What a function of this document calls, and who in this document calls a function of any.
std::vector<Calls> outgoing_calls(const Analysis& analysis, const FunctionName& caller);
std::vector<Calls> incoming_calls(const Analysis& analysis, const FunctionName& callee);
// The same for a module that nobody analysed.
std::vector<Calls> outgoing_calls(const ModulePtr& module, const Options& options, const FunctionName& caller);
std::vector<Calls> incoming_calls(const ModulePtr& module, const Options& options, const FunctionName& callee);
// "load" of "Store.load": what the text of a caller mentions, if it calls by name. Empty for "__enter__" and the like.
std::string_view mentioned_name(const FunctionName& function);

}  // namespace awaitd::analysis
