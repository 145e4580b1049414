// Reads table text into rows. The embedded tables and a user's own lines go the same way, so that one error message
// serves both. Views point into the text; `text` must outlive the rows.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/cancellation.h"
#include "analysis/knowledge/exceptions.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/knowledge/loops.h"
#include "analysis/knowledge/timeouts.h"

namespace awaitd::analysis {

struct AliasRow {
  std::string_view other;  // another import path, of a module, a class or a function
  std::string_view name;   // the canonical one
};
struct BaseRow {
  std::string_view cls;
  std::string_view base;
};
// What is known of a class beside its rows: "async" (an async twin), "memory" (does no I/O), "plain".
struct ClassRow {
  std::string_view cls;
  std::string_view nature;
};
struct InjectedRow {
  std::string_view cls;        // a class of a framework that makes and calls its subclasses
  std::string_view parameter;  // of their methods
  std::string_view type;       // what the framework passes for it
};
struct EquivalentRow {
  std::string_view code;
  std::vector<std::string_view> codes;
  std::vector<std::string_view> partly;  // overlap with ours, but neither covers the other
};

struct VersionRow {
  std::string_view package, version;  // "redis", "8.1.0"
};

struct Rows {
  std::vector<BlockingFact> blocking;
  std::vector<TypeFact> types;
  std::vector<ContextFact> contexts;
  std::vector<std::string_view> tokens;  // of the context rows; not unique
  std::vector<AliasRow> aliases;
  std::vector<BaseRow> bases;
  std::vector<ClassRow> classes;
  std::vector<EquivalentRow> equivalents;
  std::vector<std::string_view> builtins;
  std::vector<std::string_view> modules;
  std::vector<Twin> twins;
  std::vector<TimeoutFact> timeouts;
  std::vector<VersionRow> versions;  // a user's only
  std::vector<ScopeFact> scopes;
  std::vector<PairFact> pairs;
  std::vector<AsyncLibrary> libraries;
  std::vector<LockFact> locks;
  std::vector<ExceptionFact> exceptions;
  std::vector<ManagerFact> managers;
  std::vector<LoopFact> loops;
  std::vector<Deprecation> deprecations;
  std::vector<InjectedRow> injected;
  std::vector<CleanupFact> cleanups;
  std::vector<ResourceFact> resources;
  std::vector<TaskFact> tasks;
};

// One line of a table: "blocking", "types", "contexts", "classes", "equivalents" or "builtins".
// Empty when it was read, else what was expected. `whole`: every column must be there (the embedded tables).
std::string read_row(Rows& rows, std::string_view table, std::string_view line, bool whole);

// Calls line(number, text) for every line that is neither empty nor a comment; numbers from 1.
template <typename Line>
void for_each_line(std::string_view text, Line&& line) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (!one.empty() && one.front() != '#') line(number, one);
  }
}

}  // namespace awaitd::analysis
