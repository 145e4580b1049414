// What awaitd knows of libraries: text tables (analysis/knowledge/*.tsv, and a user's own lines in the same syntax)
// loaded once into sorted arrays. Names are dotted origins: "time.sleep", "requests.Session.get", "builtins.open".
// Immutable after load, safe from any thread; the views it returns live as long as it does.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

enum class BlockingKind : std::uint8_t {
  sleep,
  http,
  database,
  file_io,
  subprocess,
  network,
  console,
  wait,
  cpu,
  import_,
  loop_bridge,
  configured,
  logging
};
enum class Strength : std::uint8_t { certain, conditional, small };  // E, W, I of the facts: how sure the stall is
enum class Gil : std::uint8_t { released, held, switching, mixed, unknown };
enum class Offload : std::uint8_t {
  yes,
  own_object,     // own_object: fine in a thread when no other thread uses the object
  same_thread,    // sqlite3's check_same_thread and the like: only the whole helper can move
  sync_to_async,  // Django's thread-sensitive code
  no,
  not_applicable
};
enum class FixKind : std::uint8_t { direct, direct_api, to_thread, process_pool, redesign, none };

struct BlockingFact {
  std::string_view name;  // may end in ".*": every method of that class
  BlockingKind kind{};
  std::string_view usual;  // "<0.1", "0.1-1", "1-10", "10-100", "100+" ms, "unbounded", "input", "arg"
  Strength strength{};
  std::string_view replacement;  // the async way, for messages; empty if none
  std::string_view package;      // what the replacement needs: "asyncio", "stdlib", "httpx"...
  FixKind fix{};
  Offload offload{};
  std::string_view offload_reason;  // why not `yes`: "check_same_thread", "main thread only"; may be empty
  Gil gil{};
  std::string_view unless;  // calls that do not block after all, see conditions()
  bool silent = false;      // known, but never a finding of its own (lazy constructors, microseconds)
  bool lazy = false;        // gives an iterator: consuming it blocks, the call itself does not
  std::string_view note;
};

// One way in which a call of a BlockingFact does not block. Any one that holds is enough.
struct Condition {
  enum class Of : std::uint8_t {
    call,         // an argument of the call itself
    constructor,  // an argument of the call that made the receiver ("^1/maxsize=!")
    receiver      // a method called on the receiver before: name, and its first argument (".setblocking=False")
  };
  enum class Test : std::uint8_t {
    equals,   // the literal text of the argument: False, 0, None
    missing,  // not given
    given,
    mentions,  // a name inside the expression: fcntl.LOCK_EX | fcntl.LOCK_NB
    typed      // the argument's type: io.BytesIO
  };
  Of of{};
  int position = -1;      // positional index without the receiver, -1: none
  std::string_view name;  // keyword or method, empty: none
  Test test{};
  std::string_view value;
};
// The parsed `unless` of a fact; words that are no condition are left out (a test guards the tables).
std::vector<Condition> conditions(std::string_view unless);

// How a value comes out of a producer.
enum class How : std::uint8_t { call, await, enter, aenter, attribute, binop, iterate, item, decorator, aiterate };
struct TypeFact {
  std::string_view producer;
  How how{};
  std::string_view result;  // class origin; several separated by '|'; "self" for the receiver's own class
  int index = -1;           // of a tuple result, -1 for the whole
};

// What a construct does with a callable it is handed (facts/context-facts.tsv).
enum class Role : std::uint8_t { offload, schedule, schedule_sync, entry, reentry, wrapper, process };
inline constexpr int every_position = -2;
struct ContextFact {
  std::string_view name;  // origin of the callable, decorator or base class
  Role role{};
  int position = -1;            // positional index of the handed callable, -1: none, every_position: all of them
  std::string_view keyword;     // or its keyword ("target"), empty if none
  bool decorator = false;       // the fact holds for a decorated function
  bool base_class = false;      // the fact holds for methods of a subclass
  std::string_view methods;     // of a base class: space separated method names, empty: all
  bool async_on_loop = true;    // where an async def so handed runs
  bool sync_on_loop = false;    // where a plain def so handed runs
  bool passes_keywords = true;  // false: the hand-over takes no keyword arguments for the callable (functools.partial)
  std::string_view note;
};

// An event loop library and how one leaves its loop for a thread (libraries.tsv).
struct AsyncLibrary {
  std::string_view name;
  std::string_view sleep;
  std::string_view offload;       // "asyncio.to_thread"
  bool offload_keywords = false;  // forwards keyword arguments to the callable
  int offload_since = 0;          // Python 3 minor version from which it exists; 0: not part of Python
  std::string_view runs_on;       // the library it runs on top of, empty if none
};

// A lock class and whom its waiting stops (locks.tsv).
struct LockFact {
  std::string_view name;
  bool task = false;             // waits as a task does (asyncio.Lock), not as a thread
  bool reentrant = false;        // its holder may take it again
  std::string_view replacement;  // of a thread lock: the task lock to use between coroutines
};

// The async callable that a fix may write in the place of a blocking one (twins.tsv).
struct Twin {
  enum class Form : std::uint8_t { enter, await_enter, once, run, output, check, status };
  std::string_view name;
  std::string_view twin;
  Form form{};
  std::string_view constructor;  // keyword arguments of `once` that belong to the class; space separated
};

struct ExceptionFact;  // knowledge/exceptions.h
struct ManagerFact;
struct LoopFact;  // analysis/knowledge/loops.h
struct Deprecation;
enum class LoopRole : std::uint8_t;
struct TimeoutFact;  // analysis/knowledge/timeouts.h
struct ScopeFact;
struct PairFact;

class Knowledge {
 public:
  // The embedded tables. Errors in them are a test failure, not a run-time case.
  static std::shared_ptr<const Knowledge> builtin();
  // builtin() plus a user's lines ("blocking\tmy.call\t..."); problems name the line and what was expected.
  static std::shared_ptr<const Knowledge> with_user_lines(std::string_view lines, std::vector<std::string>& problems);

  // All lookups canonicalise first: "requests.sessions.Session.get" -> "requests.Session.get".
  std::string canonical(std::string_view origin) const;
  // Exact, through base classes ("requests.Session" for a subclass row) and through wildcard rows: ".*" is every method
  // of the class, ".**" also of what hangs on it ("client.chat.completions.create"). A wildcard never matches private,
  // capitalised (.*) or "*_async" names. Null for silent rows: fact() gives those too (for hover).
  // Pseudo-names: C.__iter__ and C.__next__ (iterating a C), C.__enter__ / C.__exit__ (a with block), C.__call__.
  const BlockingFact* blocking(std::string_view origin) const;
  const BlockingFact* fact(std::string_view origin) const;
  std::span<const std::string_view> bases(std::string_view cls) const;  // canonical direct bases, known ones only
  bool is_subclass(std::string_view cls, std::string_view base) const;
  // Result types of a producer, through base classes: {} when unknown.
  std::vector<const TypeFact*> results(std::string_view producer, How how) const;
  const ContextFact* context(std::string_view origin) const;  // through base classes, too
  bool is_class(std::string_view origin) const;               // a class of the tables: calling it makes an instance
  bool is_async_class(std::string_view origin) const;  // its methods are coroutines, it is entered with async with
  bool is_builtin_name(std::string_view name) const;   // "open", "len", "ValueError"
  // True for a class or module prefix of any row: worth keeping as a type.
  bool knows(std::string_view origin) const;
  // Codes of other linters that mean the same as one of ours: ("AWD101") -> {"ASYNC251", "S7488"}.
  std::span<const std::string_view> equivalents(std::string_view code) const;
  // True if some callable of this last name ("call_soon") runs on the loop what it is handed: a cheap first test.
  bool names_scheduler(std::string_view last) const;
  const TimeoutFact* timeout(std::string_view origin) const;      // how long a call may wait; through base classes
  const ScopeFact* timeout_scope(std::string_view origin) const;  // what bounds other awaits; through base classes
  std::span<const ScopeFact> timeout_scopes() const;
  std::span<const PairFact> pairs() const;
  // False if no row of these ends in this name: a quick no before anything is resolved.
  bool may_wait(std::string_view last_name) const;
  const LockFact* lock(std::string_view cls) const;  // through base classes; null if it is no known lock
  const ExceptionFact* exception(std::string_view cls) const;
  std::span<const ExceptionFact> exceptions() const;           // sorted by name
  const ManagerFact* manager(std::string_view context) const;  // a class or function whose result `with` enters
  std::span<const AsyncLibrary> libraries() const;             // sorted by name; never empty
  std::span<const Twin> twins(std::string_view origin) const;
  // What a callable does with tasks and loops, through base classes: rows of one name, sorted by role.
  std::span<const LoopFact> loop_facts(std::string_view origin) const;
  const LoopFact* loop_fact(std::string_view origin, LoopRole role) const;
  std::span<const LoopFact> loop_rows() const;
  bool is_loop_word(std::string_view last) const;  // the last part of some row's name: a quick no
  // The class of the object that subclasses of cls get as a parameter of that name; empty if that is not known.
  std::string_view injected(std::string_view cls, std::string_view parameter) const;
  bool is_injected_word(std::string_view last) const;  // the last part of the name of such an object's class
  std::span<const Deprecation> deprecations(std::string_view origin) const;
  bool is_deprecated_word(std::string_view last) const;
  bool is_standard_module(std::string_view top_level) const;  // a module of the standard library
  // Names that make a chunk worth parsing in a workspace scan (architecture 3.1).
  std::span<const std::string_view> scan_tokens() const;

  std::span<const BlockingFact> blocking_facts() const;
  std::span<const TypeFact> type_facts() const;
  std::span<const ContextFact> context_facts() const;

 private:
  struct Tables;
  std::shared_ptr<const Tables> tables_;
};

}  // namespace awaitd::analysis
