// Who calls a function of the project, and whether it could be made async: for fixes that change a definition together
// with every call of it. All of it errs on the side of "no": what may be meant without being a plain call is a refusal.
// Pure functions of the views they get.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "analysis/unit_view.h"

namespace awaitd::analysis {

// A function by its file: numbers of units are the same in every version of a file that others see alike.
struct DefinitionKey {
  std::string path;
  std::uint32_t unit = 0;
  FunctionId function = 0;
  auto operator<=>(const DefinitionKey&) const = default;
};

// A function that is to become async.
struct Turned {
  DefinitionKey key;
  std::string name;           // "load"
  std::uint32_t cls = kNone;  // the class of its file (NameTables::classes) whose method it is
  bool nested = false;        // in another function: nobody beyond its unit can name it
};

// Nothing if the function cannot become an async def: a generator, __init__ and the like, one with decorators that may
// ask for a plain function, a method that a base class knows or may know, a lambda. Then `why` says so: "is a
// generator".
std::optional<Turned> turned(const UnitView& view, FunctionId function, std::string& why);

struct CallSite {
  DefinitionKey caller;
  bool async = false;        // the caller is an async def already
  Range range;               // of the call, in the document
  bool parentheses = false;  // (await f()).x
};
// A call as it would be awaited; nothing where no await may stand, or one stands already.
std::optional<CallSite> call_site(const UnitView& view, const Call& call);

// Something else than a call that could be awaited, which means the function or may mean it.
struct Obstacle {
  Range where;      // in the document
  std::string why;  // "is used as a value", said of the function
};
struct CallSites {
  std::optional<Obstacle> obstacle;  // the first one; the others, and sites, are incomplete then
  std::vector<CallSite> sites;
  std::set<std::string> aliases;  // what else the file calls the name: from m import load as read
};
// In one file, whose link state nobody else uses; name: "load", or an alias of it.
CallSites call_sites(const Analysis& file, const Turned& function, const std::string& name);

}  // namespace awaitd::analysis
