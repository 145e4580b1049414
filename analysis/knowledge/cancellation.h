// What rules on cancellation know of callables (cleanups.tsv, resources.tsv, cancellation.tsv). The embedded tables,
// read once; safe from any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::analysis {

class Knowledge;

// How a program says that it undoes something: the first word of a method's name, its whole name, or a
// function by its dotted name.
struct CleanupFact {
  enum class Kind : std::uint8_t {
    release,
    close,
    roll_back,
    stop,
    remove,
    answer  // tells a waiting future; `undoes` are the methods that do so when all is well
  };
  std::string_view name;
  Kind kind{};
  std::string_view undoes;  // first words of the methods that it undoes, space separated
  bool telling = false;     // says so without one of those in sight: close(), not pop()
};

// An await that takes something which must be given back.
struct ResourceFact {
  enum class Form : std::uint8_t {
    none,
    receiver,  // async with LOCK:
    call,      // async with POOL.acquire() as x:
    result     // async with AWAITED as x:
  };
  std::string_view name;     // what is awaited: "asyncio.Lock.acquire"
  bool result = false;       // what it gives is to be released, not its receiver
  std::string_view release;  // methods that do, space separated; "pool:release": of the receiver, with the result
  Form form{};
};

// What a callable does to tasks.
struct TaskFact {
  enum class Role : std::uint8_t {
    shield,    // keeps its argument from being cancelled with the caller
    spawn,     // gives a new task
    cancel,    // cancels its receiver
    uncancel,  // says that a cancellation was meant for this place
    collect,   // awaits its arguments and cancels them with itself: gather, wait_for
    watch,     // waits for its arguments without cancelling them: wait
    future,    // a class whose instances many may await, and which a cancelled waiter cancels
    level,     // a library that cancels every await until the cancelled scope is left
    log        // only tells: what is handed to it has not been dealt with
  };
  std::string_view name;
  Role role{};
  std::string_view scope;  // of such a library: a scope that holds that off
};

// All names are made canonical first; null if nothing is known.
const CleanupFact* find_cleanup(const Knowledge& knowledge, std::string_view word_or_function);
const ResourceFact* find_resource(const Knowledge& knowledge, std::string_view awaited);
const TaskFact* find_task(const Knowledge& knowledge, std::string_view origin);

}  // namespace awaitd::analysis
