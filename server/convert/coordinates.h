// The joint between the two ways to say where: byte offsets (analysis) and line/character positions in the session's
// encoding (protocol). Lines of pure ASCII need no conversion. Everything is clamped into the document.
// Positions may count from a line of their own (the cell of a notebook). Points at a document that must outlive it;
// safe on any thread.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "protocol/lsp_base.h"
#include "protocol/positions.h"

namespace awaitd::server {

class Coordinates {
 public:
  Coordinates(const analysis::Document& document, protocol::PositionEncoding encoding)
      : document_(&document), encoding_(encoding) {}
  // Line 0 is `first_line`, and there are `lines` of them.
  Coordinates(const analysis::Document& document, protocol::PositionEncoding encoding, std::uint32_t first_line,
              std::uint32_t lines)
      : document_(&document), encoding_(encoding), first_line_(first_line), lines_(lines) {}

  protocol::Position position(std::uint32_t offset) const {
    const std::uint32_t line = std::max(document_->line_of(offset), first_line_);
    if (line - first_line_ >= lines_) return position(end_of_line(first_line_ + lines_ - 1));
    const std::string_view text = document_->line_text(line);
    const std::uint32_t start = document_->line_start(line);
    // An offset between \r and \n has no position of its own: it is the end of the line.
    const auto column = static_cast<std::uint32_t>(std::min<std::size_t>(std::max(offset, start) - start, text.size()));
    return {line - first_line_, document_->line_is_ascii(line) ? column : protocol::column(text, column, encoding_)};
  }
  protocol::Range range(analysis::Range range) const { return {position(range.start), position(range.end)}; }

  std::uint32_t offset(protocol::Position position) const {
    if (position.line >= lines_) return end_of_line(first_line_ + lines_ - 1);
    if (position.line >= document_->line_count() - first_line_) return document_->size();
    const std::uint32_t line = position.line + first_line_;
    const std::string_view text = document_->line_text(line);
    const std::size_t column = document_->line_is_ascii(line)
                                   ? std::min<std::size_t>(position.character, text.size())
                                   : protocol::byte_offset(text, position.character, encoding_);
    return document_->line_start(line) + static_cast<std::uint32_t>(column);
  }
  // An end before the start is taken as the start.
  analysis::Range offsets(protocol::Range range) const {
    const std::uint32_t start = offset(range.start);
    return {start, std::max(start, offset(range.end))};
  }

 private:
  std::uint32_t end_of_line(std::uint32_t line) const {
    return document_->line_start(line) + static_cast<std::uint32_t>(document_->line_text(line).size());
  }

  const analysis::Document* document_;
  protocol::PositionEncoding encoding_;
  std::uint32_t first_line_ = 0;
  std::uint32_t lines_ = std::numeric_limits<std::uint32_t>::max();
};

}  // namespace awaitd::server
