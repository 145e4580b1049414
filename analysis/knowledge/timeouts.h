// How long calls wait when nobody says (timeouts.tsv), and what bounds the waits of others (scopes.tsv).
// Rows of Knowledge; the views live as long as it does. Defaults are in seconds and as the sources have them; the
// sources stand in the tables' last column.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace awaitd::analysis {

// What is waited for: decides the words of a message and which loops may wait for ever.
enum class WaitKind : std::uint8_t {
  client,   // a client made here; its calls have no rows of their own
  carrier,  // a client made here whose calls have rows: only what it carries matters
  value,    // an object that holds timeouts (httpx.Timeout)
  connect,
  accept,
  receive,
  send,
  query,
  request,
  rpc,
  stream,
  close,
  process,
  acquire,
  dns,
  offload,
  queue,
  sync,
  combinator,
  wrapper,
  future,  // what it gives is awaited by itself: the answer to something that was sent
  reply    // received by a client: in a loop, too, it hangs when the server has gone without a word
};
enum class Bound : std::uint8_t { unbounded, minutes, fine };

struct TimeoutFact {
  std::string_view name;
  WaitKind kind{};
  Bound bound{};
  std::string_view usual;       // the default as it is told: "300 s in total"; empty: none
  std::string_view parameters;  // keyword arguments that bound it, the one to write first; space separated
  int position = -1;            // of the first one among positional arguments
  std::string_view off;         // literal values that mean no timeout; space separated
  std::string_view value;  // what a fix writes: "aiohttp.ClientTimeout(total=10)", best first, space separated; empty:
                           // only a scope helps
  std::string_view carries;  // parameters that bound what is done later with what this gives; of a process: the methods
                             // that end it and that wait for that
  bool client = false;       // its client may have been made with a timeout for it
  char strength = '-';       // W, I, H: the most a finding may be; '-': known, never a finding
  std::string_view versions;  // what depends on the call, as it is told; may be empty
  // From this version of the package on it is another bound: told where the project's version is not known.
  std::string_view package, since;
  Bound newer{};
  std::string_view newer_usual;
};

struct ScopeFact {
  enum class Form : std::uint8_t {
    with,    // a context manager that bounds its body
    call,    // a callable that bounds the awaitable it is handed
    detach,  // runs what it is handed by itself: no scope around it counts
    pass,    // awaits what it is handed: waiting for it is waiting for them
    word     // a manager or callable that nobody can resolve counts as a scope if its name holds this word
  };
  std::string_view name;
  Form form{};
  bool with_async = false, with_sync = false;  // how it is entered
  int position = -1;                           // of the number
  std::string_view keyword;                    // its keyword; space separated if there are several
  int awaitable = 0;                           // call: position of what it bounds
  bool optional = false;                       // bounds nothing unless the number is given
  bool raises = true;                          // false: leaves the block quietly
  int since = 0;                               // Python 3 minor version, 0: not part of Python or always there
  std::string_view exception;                  // what it raises when the time is up
};

// What must go together so that nobody waits for ever (pairs.tsv).
struct PairFact {
  enum class Kind : std::uint8_t {
    pipe,  // a process made by `name` with `keyword` one of `values`: somebody must read it before `partner` is awaited
    drain,  // calls of `name` in a loop: `partner` must be awaited
    done,   // after `name`, `partner` must be called on every way, or `waits` never ends
    loop    // `name` must stand in a while loop
  };
  Kind kind{};
  std::string_view name;
  std::string_view partner;
  std::string_view keyword;
  std::string_view values;  // space separated
  std::string_view waits;
};

// The packages on whose version a row of timeouts.tsv depends. A line "versions<tab>redis<tab>8.1.0" among a user's
// lines (Knowledge::with_user_lines) says which one there is.
std::span<const std::string_view> packages_with_versions();

// True if `word` is one of the space separated words.
bool has_word(std::string_view words, std::string_view word);

}  // namespace awaitd::analysis
