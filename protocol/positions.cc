#include "protocol/positions.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "protocol/utf8.h"

namespace awaitd::protocol {
namespace {

std::size_t units(const CodePoint& point, PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::Utf8:
      return point.length;
    case PositionEncoding::Utf16:
      return point.value > 0xFFFF ? 2 : 1;
    case PositionEncoding::Utf32:
      return 1;
  }
  return 1;
}

// How many bytes from `offset` on are ASCII, at most `most`; eight at a time, because lines can be megabytes.
std::size_t ascii_run(std::string_view line, std::size_t offset, std::size_t most) {
  most = std::min(most, line.size() - offset);
  const char* const bytes = line.data() + offset;
  std::size_t count = 0;
  for (std::uint64_t word; count + sizeof word <= most; count += sizeof word) {
    std::memcpy(&word, bytes + count, sizeof word);
    if (word & 0x8080808080808080u) break;
  }
  while (count < most && static_cast<unsigned char>(bytes[count]) < 0x80) ++count;
  return count;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// The start of the code point that holds `offset`; `offset` itself where it is at a start or in broken text.
std::size_t code_point_start(std::string_view line, std::size_t offset) {
  if (offset >= line.size() || !is_continuation(line[offset])) return std::min(offset, line.size());
  for (std::size_t back = 1; back <= 3 && back <= offset; ++back) {
    if (is_continuation(line[offset - back])) continue;
    return decode_utf8(line, offset - back).length > back ? offset - back : offset;
  }
  return offset;
}

}  // namespace

std::size_t byte_offset(std::string_view line, std::uint32_t column, PositionEncoding encoding) {
  if (encoding == PositionEncoding::Utf8) return code_point_start(line, column);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t run = ascii_run(line, i, column - seen);
    seen += run;
    i += run;
    if (seen == column || i == line.size()) return i;
    const CodePoint point = decode_utf8(line, i);
    seen += units(point, encoding);
    if (seen > column) return i;
    i += point.length;
  }
  return line.size();
}

std::uint32_t column(std::string_view line, std::size_t byte_offset, PositionEncoding encoding) {
  const std::size_t end = code_point_start(line, byte_offset);
  std::size_t seen = end;
  if (encoding != PositionEncoding::Utf8) {
    seen = 0;
    for (std::size_t i = 0; i < end;) {
      const std::size_t run = ascii_run(line, i, end - i);
      seen += run;
      i += run;
      if (i == end) break;
      const CodePoint point = decode_utf8(line, i);
      seen += units(point, encoding);
      i += point.length;
    }
  }
  return static_cast<std::uint32_t>(std::min<std::size_t>(seen, std::numeric_limits<std::uint32_t>::max()));
}

std::string_view encoding_name(PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::Utf8:
      return "utf-8";
    case PositionEncoding::Utf16:
      return "utf-16";
    case PositionEncoding::Utf32:
      return "utf-32";
  }
  return "utf-16";
}

}  // namespace awaitd::protocol
