// Applies the content changes of a didChange to a document, in their order and clamped (ranges past the end of a line
// or of the file are normal). Strand only.
#pragma once
#include <vector>

#include "protocol/lsp_document.h"
#include "protocol/positions.h"
#include "server/documents/open_document.h"

namespace awaitd::server {

inline constexpr std::uint32_t kMaxMirrored = 256u << 20;  // bytes; beyond it a document is lost, see OpenDocument

// True if the text is another one now.
bool apply_changes(OpenDocument& document, const std::vector<protocol::ContentChange>& changes,
                   protocol::PositionEncoding encoding);

}  // namespace awaitd::server
