// What a parse can take over from the syntax that stood in the same place before. Knows no tree-sitter.
// Byte offsets relative to the chunk. Pure functions and values; OldUnits must not outlive the syntax it was given.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "analysis/syntax/parse.h"

namespace awaitd::analysis {

// The grammar takes a lone \r for white space, Python for a line end: the text with \n in its place, in `buffer` if
// there is one. Same length, so offsets stay.
std::string_view with_newlines(std::string_view text, std::string& buffer);

// What two texts have in common at both ends, without overlap.
struct Common {
  std::uint32_t prefix = 0;
  std::uint32_t suffix = 0;
};
Common common(std::string_view a, std::string_view b);

// The function units of the old syntax (may be null), by their place in the new text.
class OldUnits {
 public:
  OldUnits(const ChunkSyntax* old, Common same, std::size_t new_size) : old_(old), same_(same), new_size_(new_size) {}
  // The unit with this text at this place, if it is there and free of errors.
  std::shared_ptr<const Unit> find(std::uint32_t start, std::string_view text) const;

 private:
  const ChunkSyntax* old_;
  Common same_;
  std::size_t new_size_;
};

// Equal text, nodes and no errors. (Text alone would not do: it does not show where the functions were.)
bool same_skeleton(const Unit& old, const Unit& fresh);

// The same syntax for a chunk of equal text.
ChunkSyntaxPtr moved(const ChunkSyntaxPtr& old, const ChunkPtr& chunk);

// What a parse gives whose budget ran out: the old units, or a bare module, marked incomplete.
std::shared_ptr<ChunkSyntax> incomplete_syntax(const ChunkPtr& chunk, const ChunkSyntaxPtr& old);

}  // namespace awaitd::analysis
