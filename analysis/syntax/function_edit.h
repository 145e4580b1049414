// An edit inside one function of a chunk without errors, where nothing but that function can have changed: then only
// its text is parsed, whatever the size of the class around it. What comes out is what parsing the whole chunk would
// give. Knows no tree-sitter. Byte offsets relative to the chunk.
#pragma once
#include <optional>

#include "analysis/syntax/reuse.h"

namespace awaitd::analysis {

struct FunctionEdit {
  std::size_t function = 0;  // in ChunkSyntax::functions
  std::uint32_t size = 0;    // of its new text
  std::uint32_t start = 0;   // of that text in the snippet
  std::string snippet;       // a whole module with this function at its indentation and nothing else
};

// Nothing if the edit reaches beyond a function, or if its lines could mean something else to what follows.
std::optional<FunctionEdit> edited_function(const ChunkSyntax& old, std::string_view text, Common same);

// The old syntax with this unit in the place of the edited one. The tree is gone.
std::shared_ptr<ChunkSyntax> with_function(const ChunkSyntax& old, const ChunkPtr& chunk, const FunctionEdit& edit,
                                           std::shared_ptr<const Unit> unit);

}  // namespace awaitd::analysis
