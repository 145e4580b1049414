// A document as its client has it: one sheet, or of a notebook one for each cell. A sheet is a run of whole lines of
// the text that is analysed, so the client's lines differ from ours by the sheet's first line only. Values and pure
// functions, any thread.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/convert/coordinates.h"

namespace awaitd::server {

struct Sheet {
  std::string uri;                      // the client's own spelling
  std::optional<std::int32_t> version;  // of documents that are open
  std::uint32_t first_line = 0;
  std::uint32_t lines = std::numeric_limits<std::uint32_t>::max();
};
using Sheets = std::vector<Sheet>;  // in the order of the text

// Of one text: finds sheets and places. Points at both, which must outlive it.
class ClientText {
 public:
  ClientText(const analysis::Document& document, const Sheets& sheets, protocol::PositionEncoding encoding)
      : document_(&document), sheets_(&sheets), encoding_(encoding) {}

  // The sheet in which an offset is; null if there is none at all.
  const Sheet* at(std::uint32_t offset) const;
  // The one that holds all of it, or null.
  const Sheet* holding(analysis::Range range) const;
  const Sheet* named(std::string_view uri) const;
  Coordinates in(const Sheet& sheet) const { return {*document_, encoding_, sheet.first_line, sheet.lines}; }
  // Of where the range starts, and not beyond that sheet's end.
  std::optional<protocol::Location> location(analysis::Range range) const;
  const analysis::Document& document() const { return *document_; }

 private:
  const analysis::Document* document_;
  const Sheets* sheets_;
  protocol::PositionEncoding encoding_;
};

}  // namespace awaitd::server
