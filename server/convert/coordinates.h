// The joint between the two ways to say where: byte offsets (analysis) and line/character positions in the session's
// encoding (protocol). Lines of pure ASCII need no conversion. Everything is clamped into the document.
// Points at a document that must outlive it; safe on any thread.
#pragma once
#include <algorithm>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "protocol/lsp_base.h"
#include "protocol/positions.h"

namespace awaitd::server {

class Coordinates {
 public:
  Coordinates(const analysis::Document& document, protocol::PositionEncoding encoding)
      : document_(&document), encoding_(encoding) {}

  protocol::Position position(std::uint32_t offset) const {
    const std::uint32_t line = document_->line_of(offset);
    const std::string_view text = document_->line_text(line);
    const std::uint32_t start = document_->line_start(line);
    // An offset between \r and \n has no position of its own: it is the end of the line.
    const auto column = static_cast<std::uint32_t>(std::min<std::size_t>(std::max(offset, start) - start, text.size()));
    return {line, document_->line_is_ascii(line) ? column : protocol::column(text, column, encoding_)};
  }
  protocol::Range range(analysis::Range range) const { return {position(range.start), position(range.end)}; }

  std::uint32_t offset(protocol::Position position) const {
    if (position.line >= document_->line_count()) return document_->size();
    const std::string_view text = document_->line_text(position.line);
    const std::size_t column = document_->line_is_ascii(position.line)
                                   ? std::min<std::size_t>(position.character, text.size())
                                   : protocol::byte_offset(text, position.character, encoding_);
    return document_->line_start(position.line) + static_cast<std::uint32_t>(column);
  }
  // An end before the start is taken as the start.
  analysis::Range offsets(protocol::Range range) const {
    const std::uint32_t start = offset(range.start);
    return {start, std::max(start, offset(range.end))};
  }

 private:
  const analysis::Document* document_;
  protocol::PositionEncoding encoding_;
};

}  // namespace awaitd::server
