#include "server/cli/snippet.h"

#include <algorithm>

#include "protocol/positions.h"
#include "server/convert/coordinates.h"

namespace awaitd::server {

using analysis::Document;

namespace {

constexpr std::size_t kMaxLine = 160;    // bytes shown of one source line
constexpr std::size_t kLead = 60;        // of them before the mark, where the line must be cut
constexpr std::uint32_t kMaxMarked = 4;  // lines shown of a range

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\f\r") == std::string_view::npos; }

// The bytes [start, end) of a line that are shown, cut between characters.
struct Window {
  std::size_t start = 0;
  std::size_t end = 0;
};

Window window(std::string_view line, std::size_t mark) {
  if (line.size() <= kMaxLine) return {0, line.size()};
  const auto boundary = [line](std::size_t at) {
    while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) --at;
    return at;
  };
  Window out;
  if (mark > kMaxLine - kLead) out.start = boundary(mark - kLead);
  out.end = boundary(std::min(line.size(), out.start + kMaxLine));
  return out;
}

std::string number(std::uint32_t row, std::size_t width) {
  std::string text = std::to_string(row);
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

class Drawing {
 public:
  Drawing(std::string& out, const Snippet& snippet, const Style& style)
      : out_(out), snippet_(snippet), document_(*snippet.document), style_(style) {
    const Document& document = document_;
    first_ = document.line_of(snippet.range.start);
    // A range that ends at a line's start does not reach into it.
    const bool empty = snippet.range.end <= snippet.range.start;
    last_ = empty ? first_ : std::max(first_, document.line_of(snippet.range.end - 1));
    from_ = first_ - std::min(first_, snippet.context);
    to_ = std::min(last_ + snippet.context, document.line_count() - 1);
    while (from_ < first_ && is_blank(document.line_text(from_))) ++from_;
    while (to_ > last_ && is_blank(document.line_text(to_))) --to_;
    width_ = std::to_string(to_ + 1).size();
  }

  void draw() {
    const Place place = place_of(document_, snippet_.range.start);
    out_ += std::string(width_, ' ') + style_.blue("-->") + " " + printable(snippet_.shown) + ":" +
            std::to_string(place.row) + ":" + std::to_string(place.column) + "\n";
    gutter();
    out_ += '\n';
    for (std::uint32_t row = from_; row <= to_; ++row) {
      if (row == first_ + kMaxMarked && row < last_) {
        out_ += style_.blue("...") + "\n";
        row = last_;
      }
      line(row);
    }
    gutter();
    out_ += '\n';
  }

 private:
  void gutter() { out_ += std::string(width_, ' ') + " " + style_.blue("|"); }

  void line(std::uint32_t row) {
    const std::string_view text = document_.line_text(row);
    const bool marked = row >= first_ && row <= last_;
    const std::uint32_t start = document_.line_start(row);
    std::size_t from = row == first_ ? snippet_.range.start - start : text.find_first_not_of(" \t");
    std::size_t to = row == last_ ? snippet_.range.end - start : text.size();
    from = std::min(from, text.size());
    to = std::clamp(to, from, text.size());
    const Window seen = window(text, marked ? from : 0);
    out_ += style_.blue(number(row + 1, width_) + " |");
    std::string before = seen.start > 0 ? "…" : "";
    const std::string source = printable(text.substr(seen.start, seen.end - seen.start));
    if (!is_blank(text)) out_ += " " + before + source + (seen.end < text.size() ? "…" : "");
    out_ += '\n';
    if (!marked || is_blank(text)) return;
    to = std::min(to, seen.end);
    before += printable(text.substr(seen.start, from - seen.start));
    const std::size_t marks = to > from ? display_width(printable(text.substr(from, to - from))) : 0;
    gutter();
    const std::string line_of_marks(std::max<std::size_t>(marks, 1), snippet_.mark);
    out_ += std::string(1 + display_width(before), ' ') +
            (snippet_.mark == '^' ? style_.yellow(line_of_marks) : style_.blue(line_of_marks)) + "\n";
  }

  std::string& out_;
  const Snippet& snippet_;
  const Document& document_;
  const Style& style_;
  std::uint32_t first_ = 0, last_ = 0;  // of the range, 0-based
  std::uint32_t from_ = 0, to_ = 0;     // shown
  std::size_t width_ = 1;               // of the line numbers
};

}  // namespace

Place place_of(const Document& document, std::uint32_t offset) {
  const protocol::Position at = Coordinates(document, protocol::PositionEncoding::Utf32).position(offset);
  return {at.line + 1, at.character + 1};
}

void append_snippet(std::string& out, const Snippet& snippet, const Style& style) {
  Drawing(out, snippet, style).draw();
}

}  // namespace awaitd::server
