// What calls of outside functions give (coroutines.tsv): coroutines, async generators, objects to enter or to await.
// Looked up in the embedded text itself, of which only the beginnings of lines are indexed, at the first question.
// Names are canonical dotted origins ("asyncio.sleep", "httpx.AsyncClient.get"). Results are views into static text;
// safe from any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

enum class Gives : std::uint8_t {
  coroutine,
  generator,  // an async one
  manager,    // an async context manager
  awaitable,  // an object that does nothing until it is awaited
  plain,      // surely nothing that can be awaited
  attribute,  // no call: reading it gives the results
  promise,    // no call: reading it gives a coroutine
  object      // an object of the classes in results
};

struct CallFact {
  Gives gives{};
  std::string_view owner;    // the class or module whose row says so
  std::string_view results;  // as the table has them: what comes out in the end
};

// Of a function, a method (through known bases) or an attribute.
std::optional<CallFact> call_fact(std::string_view origin);
// The canonical classes of fact.results; `origin` is what call_fact() was asked for, for the receiver's own class.
std::vector<std::string> result_classes(const CallFact& fact, std::string_view origin);
// A class or module of the table.
bool has_async_row(std::string_view owner);

// What functions and decorators do with a coroutine they are given (coroutine_uses.tsv).
enum class CoroutineRole : std::uint8_t {
  none,
  value,              // needs a plain value: len(), json.loads()
  cache,              // a decorator that remembers results: the second caller gets a finished coroutine
  generator_manager,  // a decorator for a generator function, @contextmanager
  async_generator_manager,
  expects_error,  // a with block around code that is meant to fail: pytest.raises
  client,         // a class whose objects must be closed
  field,          // what a class body calls for a field that holds a plain value: Column(String)
};
struct CoroutineUse {
  CoroutineRole role{};
  std::string_view words;  // of a client: the methods that close it; of a value: elements, positional, text
};
CoroutineUse coroutine_use(std::string_view origin);

// True for tables that are looked up where they lie.
bool is_in_place_table(std::string_view file);

}  // namespace awaitd::analysis
