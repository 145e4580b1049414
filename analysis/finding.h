// What analysis reports: plain data in byte offsets of one document. Values; no threads, no positions, no JSON.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::analysis {

struct Rule;

enum class Severity : std::uint8_t { error, warning, info, hint };
enum class Confidence : std::uint8_t { definite, probable };

struct Range {
  std::uint32_t start = 0;  // byte offset
  std::uint32_t end = 0;
  bool operator==(const Range&) const = default;
};

// A place that explains a finding: a step of the chain, the other half of a race. Empty file: the finding's own.
struct Note {
  std::string file;   // path as the server gave it
  Range range;
  std::string text;
  // Inside the engine: whose offsets range has, -1 for the finding's own unit; and if >= 0 the use (Uses) whose place it
  // is, since that unit's text may move while what it does stays the same.
  int unit = -1;
  int use = -1;
  bool operator==(const Note&) const = default;
};

struct Finding {
  const Rule* rule = nullptr;
  Range range;               // what is underlined
  Range statement;           // lines on which a suppression comment counts
  Severity severity{};
  Confidence confidence{};
  std::string message;       // names the thing, the consequence and the way out; plain text, one or two sentences
  std::string origin;        // "time.sleep": what was found, for hover and machines; may be empty
  std::vector<Note> notes;
  bool fixable = false;      // fixes_for() gives at least one fix beside "silence"
};

enum class Safety : std::uint8_t { safe, suggested };  // safe: --fix and fix-all may apply it

struct Edit {
  Range range;
  std::string text;
};
struct FileEdits {
  std::string file;  // empty: the finding's own document
  std::vector<Edit> edits;  // sorted, not overlapping
};
struct Fix {
  std::string title;         // imperative: "Run in a worker thread with asyncio.to_thread"
  Safety safety = Safety::suggested;
  bool preferred = false;
  std::vector<FileEdits> files;
  Range tab_stop;            // in the document after the edits: where the cursor goes; empty if start == end
};

}  // namespace awaitd::analysis
