// Text to units: parses a chunk with tree-sitter and flattens it. parse.cc is the only file to include
// tree_sitter/api.h. Never fails: broken code gives units with has_error, an exhausted budget gives units marked
// incomplete. A ChunkSyntax is immutable and shared; parsing a changed chunk reuses the old tree and every unit whose
// text is equal, or only parses the one function that was edited. A Parser is used by one thread at a time; the values it returns may be read from any thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/node.h"
#include "analysis/text/document.h"

namespace awaitd::analysis {

// A skeleton's text lacks the functions: at `at` (skeleton offset) `removed` bytes of the chunk are missing.
struct Gap {
  std::uint32_t at;
  std::uint32_t removed;
};

struct PlacedUnit {
  std::shared_ptr<const Unit> unit;
  std::uint32_t start = 0;   // of a function unit in its chunk
  std::uint32_t indent = 0;  // bytes of white space before the function's first line, 0 if there is more than that
  // For a function: the enclosing classes, outermost first, as class_definition node ids of the skeleton.
  std::vector<NodeId> classes;
  NodeId placeholder = kNoNode;  // of a function, in the skeleton
};

struct TreeHandle;  // owns a TSTree

// What a parse cost, in machine-independent counts.
struct ParseWork {
  std::uint32_t callbacks = 0;  // progress callbacks of tree-sitter
  std::uint32_t flattened = 0;  // units built; the others were taken over
  std::uint32_t visited = 0;    // nodes looked at
};

struct ChunkSyntax {
  ChunkPtr chunk;
  PlacedUnit skeleton;
  std::vector<Gap> gaps;
  std::vector<PlacedUnit> functions;       // in text order
  std::shared_ptr<const TreeHandle> tree;  // null when dropped to save memory
  // False when the budget ran out. Then the units are those of `settled` (the last complete syntax of this place, if
  // there was one) marked incomplete, and their offsets may lie outside the chunk.
  bool complete = true;
  std::shared_ptr<const ChunkSyntax> settled;
  bool provisional = false;  // see ParseBudget
  ParseWork work;

  // Skeleton offset -> chunk offset. Where a function was taken out, a start lies before and an end behind it.
  std::uint32_t from_skeleton(std::uint32_t offset, bool is_end = false) const;
};
using ChunkSyntaxPtr = std::shared_ptr<const ChunkSyntax>;

// Counted in tree-sitter progress callbacks (about 22 us each), not in time, so that results never depend on the
// machine. 0 means no limit.
struct ParseBudget {
  std::uint32_t callbacks = 0;
  const std::atomic<bool>* cancelled = nullptr;
  // How tree-sitter recovers from an error depends on what it could reuse: so a text with errors is parsed anew, and
  // the result never depends on the edits that led to it. True takes the reused tree at once (a big broken class: some
  // ms less); the same text parsed again without it gives the exact result.
  bool provisional = false;
  // How many small functions (a long one counts as several) are checked at once because of an edit elsewhere, the nearest
  // to it first; the others keep their findings for the moment (settled() in engine.h). 0 means no limit.
  std::uint32_t units = 0;
};
inline constexpr std::uint32_t kInteractiveCallbacks = 2300;  // about 50 ms
inline constexpr std::uint32_t kInteractiveUnits = 8;         // about .3 ms

class Parser {
 public:
  Parser();
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  // old: the syntax of what stood in this place before, or null. Returns null only when cancelled.
  ChunkSyntaxPtr parse(const ChunkPtr& chunk, const ChunkSyntaxPtr& old, const ParseBudget& budget);
  // The same values without the tree, for chunks that are not being edited (28 bytes a source byte).
  static ChunkSyntaxPtr without_tree(const ChunkSyntaxPtr& syntax);
  // Debug form of the tree of a whole text, one node a line without the root, offsets plus `base`: for tests.
  std::string dump(std::string_view text, std::uint32_t base = 0);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace awaitd::analysis
