// The door of the analysis library: documents in, findings, fixes and hovers out (architecture 3, docs/architecture.md).
// Pure: same document, options and knowledge give the same findings in the same order, whatever was analysed before.
// An Analysis is immutable and shared; keep the newest and pass it back as `previous`, so that cost follows the edit.
// Thread-safe, but a Parser belongs to one thread at a time. No I/O, no exceptions.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/syntax/parse.h"
#include "analysis/text/document.h"

namespace awaitd::analysis {

struct PythonVersion {
  int major = 3;
  int minor = 9;
  auto operator<=>(const PythonVersion&) const = default;
};

class ModuleSource;  // analysis/link/linker.h; a Project is one (analysis/project/project.h)

// What the analysis is told of the file beside its text.
struct SourceFile {
  SourceFile() = default;
  SourceFile(std::string dotted) : module(std::move(dotted)) {}
  std::string module;    // "app.db", empty if unknown
  std::string path;      // as the server names it; for notes in other files
  bool package = false;  // __init__.py
  bool installed = false;  // of an installed package (analysis/project/packages.h): others may look into it
};

// How the project's tests run coroutine functions: what its pytest configuration says. asyncio_mode: pytest-asyncio runs
// them all, and all async fixtures, without markers; automatic: somebody does.
enum class AsyncTests : std::uint8_t { unknown, marked, automatic, asyncio_mode };

struct Options {
  PythonVersion target;                  // from requires-python; advice and fixes follow it
  bool target_stated = false;            // somebody said so; else it is only the oldest one supported
  bool free_threaded = false;
  bool noqa_for_silence = false;         // the project's Ruff lists AWD as external
  AsyncTests async_tests = AsyncTests::unknown;
  std::set<std::string, std::less<>> disabled;   // rule codes
  std::set<std::string, std::less<>> enabled;    // rule codes switched on that are off by default
  std::shared_ptr<const Knowledge> knowledge = Knowledge::builtin();
  std::set<std::string, std::less<>> elsewhere;  // codes of other linters: what those surely report is left to them
  std::shared_ptr<ModuleSource> modules;         // the rest of the project; null: the file stands alone
};

struct ModuleIndex;
struct Analysis;  // opaque: chunk syntax, units, facts, findings
using AnalysisPtr = std::shared_ptr<const Analysis>;

// Null only when cancelled. budget.callbacks == 0: no limit (check, tests).
AnalysisPtr analyse(const Document& document, const SourceFile& file, const AnalysisPtr& previous,
                    const std::shared_ptr<const Options>& options, Parser& parser, const ParseBudget& budget);

// Sorted by position, then code. Suppressed ones are left out.
std::span<const Finding> findings(const Analysis& analysis);
const Document& document(const Analysis& analysis);
bool settled(const Analysis& analysis);   // false: the same text analysed without ParseBudget::units may find other things
bool complete(const Analysis& analysis);  // false: a parse budget ran out somewhere
// Ranges of statements that do not parse at the moment (for keeping last good findings while typing).
std::span<const Range> broken(const Analysis& analysis);

// The fixes of one finding of this analysis, best first, "Silence AWD101 here" last. Every fix: re-parses no worse.
std::vector<Fix> fixes_for(const Analysis& analysis, const Finding& finding);
// All safe fixes, applied to a fixpoint: the edits from this document to the fixed one (one whole, sorted list).
std::vector<Edit> fix_all(const Analysis& analysis, Parser& parser);

struct Hover {
  Range range;
  std::string markdown;
  std::string plain;
};
std::optional<Hover> hover(const Analysis& analysis, std::uint32_t offset);

// True if a module this analysis looked at has changed since: analyse again with it as `previous`.
bool outdated(const Analysis& analysis);
// What other modules see of it, for Project::set_open().
std::shared_ptr<const ModuleIndex> module_index(const Analysis& analysis);

// Numbers for tests and traces: what the last analyse() had to do.
struct Work {
  unsigned chunks_parsed = 0, units_built = 0, units_checked = 0;
};
Work work(const Analysis& analysis);

}  // namespace awaitd::analysis
