// How often the event loop enters what is registered with an entry of contexts.tsv (entries.tsv holds the exceptions),
// and what objects that tasks share are for (objects.tsv). Pure functions of the embedded tables; any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::analysis {

enum class EntryKind : std::uint8_t {
  many,        // for every request or event, several at once
  once,        // start-up, shutdown, main, one test at a time
  own_object,  // several at once, but each with an object of its own
};
EntryKind entry_kind(std::string_view context);

// True if the class has that role: "signal", "exclusive", "connection", "loop", "early", "local", "container",
// "mutable", "noticing", "bare", "shape", "annotates", "environment".
bool has_role(std::string_view cls, std::string_view role);

}  // namespace awaitd::analysis
