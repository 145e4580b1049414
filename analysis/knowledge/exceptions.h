// Exceptions and the scopes that catch them, for control flow (exceptions.tsv, managers.tsv). Reached through
// Knowledge; views live as long as it does.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::analysis {

// What Python says with an exception where there is nothing.
enum class Absent : std::uint8_t { none, item, attribute, next };

struct ExceptionFact {
  std::string_view name;    // a class, or a function that gives one
  std::string_view base;    // empty for the root
  bool cancel = false;      // a task's cancellation arrives as this
  bool ordinary = false;    // stands above all exceptions that a program should handle
  bool alias = false;       // from `since` on another name of its base
  bool refused = false;     // what a connection to a server that is down raises
  Absent absent{};          // a key or an attribute that is not there
  int since = 0;            // Python 3 minor version from which `base` holds
  std::string_view before;  // the base before that
};

enum class ManagerKind : std::uint8_t {
  suppress,  // swallows the exceptions whose classes are its arguments
  cancel,    // a cancel scope: swallows its own cancellation
  timeout,   // turns its own cancellation into a TimeoutError
  expect,    // the same, as a test's statement that they come
  group,     // a task group or nursery: waits for its tasks, cancels them when one fails
  none       // neither catches nor holds anything: nullcontext, closing, aclosing
};
struct ManagerFact {
  std::string_view name;
  ManagerKind kind{};
  bool structured = false;  // entering it opens a scope of trio or anyio, which keeps cancelling (level cancellation)
  bool closes = false;      // leaving it closes what it was made for
};

}  // namespace awaitd::analysis
