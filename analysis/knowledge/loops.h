// What a callable does with tasks, with event loops and with the thread of a loop (loops.tsv), and what of that goes
// away with which Python (deprecations.tsv). Reached through Knowledge; plain rows, views into the tables.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::analysis {

enum class LoopRole : std::uint8_t {
  spawn,        // makes a task that only its caller keeps alive
  group_spawn,  // makes a task that its group keeps
  mark,         // a task's method that does not keep it: add_done_callback
  gather,       // runs awaitables side by side and gives all results
  wait,         // waits for tasks, gives the done and the pending ones
  each,         // gives results as they come in
  retrieve,     // looks at what became of a task
  promise,      // makes a future that somebody else has to give its result
  submit,       // from another thread: a task on the loop, a thread's future back
  run,          // starts a loop on this thread
  run_later,    // makes a plain function that starts a loop when it is called
  reenter,      // from a worker thread back to its loop
  new_loop,     // makes a loop that somebody must close
  close_loop,
  current_loop,    // the loop of this thread, if there is one
  running_loop,    // the loop that runs now; raises if none does
  loop_thread,     // may be called on the loop's own thread only
  set_loop,        // makes a loop that of this thread
  expect,          // a context manager for code that is meant to raise
  plain_callback,  // takes a plain function: what a coroutine function gives it is dropped or taken for the result
  default_pool,    // runs a function in the loop's own executor
  endless,         // never returns by itself
  plain_mark,      // a test's marker that runs no coroutines
  plain_tests,     // a base class of tests that drops their coroutines
  patch,           // makes loops run inside loops
  group            // a context manager that waits for the tasks started in it
};

struct LoopFact {
  std::string_view name;
  LoopRole role{};
  int position = -1;         // of the argument the role speaks of: the coroutine, the awaitables; every_position: all
  std::string_view keyword;  // or its keyword
  bool takes_function = false;  // the argument is the coroutine function, not its coroutine
  std::string_view library;     // whose loop it is
  std::string_view advice;      // what to use instead, in the place where the role is wrong
};

// Something that stops working. Of a callable itself, or of one of its keyword arguments.
struct Deprecation {
  std::string_view name;
  std::string_view argument;  // empty: the callable or class itself
  int deprecated = 0;         // Python 3 minor version
  int removed = 0;            // 0: not decided
  std::string_view replacement;
};

}  // namespace awaitd::analysis
