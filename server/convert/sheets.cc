#include "server/convert/sheets.h"

#include <algorithm>

namespace awaitd::server {

const Sheet* ClientText::at(std::uint32_t offset) const {
  if (sheets_->size() == 1) return &sheets_->front();
  const std::uint32_t line = document_->line_of(offset);
  const auto behind = std::upper_bound(sheets_->begin(), sheets_->end(), line,
                                       [](std::uint32_t at, const Sheet& sheet) { return at < sheet.first_line; });
  return behind == sheets_->begin() ? nullptr : &*(behind - 1);
}

const Sheet* ClientText::holding(analysis::Range range) const {
  const Sheet* sheet = at(range.start);
  return sheet != nullptr && at(range.end) == sheet ? sheet : nullptr;
}

const Sheet* ClientText::named(std::string_view uri) const {
  const auto found = std::find_if(sheets_->begin(), sheets_->end(), [&](const Sheet& s) { return s.uri == uri; });
  return found == sheets_->end() ? nullptr : &*found;
}

std::optional<protocol::Location> ClientText::location(analysis::Range range) const {
  const Sheet* sheet = at(range.start);
  if (sheet == nullptr) return std::nullopt;
  return protocol::Location{sheet->uri, in(*sheet).range(range)};
}

}  // namespace awaitd::server
