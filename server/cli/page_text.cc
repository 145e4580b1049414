#include "server/cli/page_text.h"

#include <algorithm>
#include <array>

namespace awaitd::server {

namespace {

constexpr std::string_view kTestMark = "# error: [";
constexpr std::array<std::string_view, 4> kProse = {"What it finds", "Why it matters", "What to do", "When not to"};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// `time.sleep(1)  # error: [AWD101 info] "..."` -> `time.sleep(1)  # AWD101`
std::string without_test_mark(std::string_view line) {
  const std::size_t at = line.find(kTestMark);
  if (at == std::string_view::npos) return std::string(line);
  const std::string_view inside = line.substr(at + kTestMark.size());
  return std::string(line.substr(0, at)) + "# " + std::string(inside.substr(0, inside.find_first_of(" ]")));
}

class Renderer {
 public:
  Renderer(PagePart part, const Style& style, std::size_t width) : part_(part), style_(style), width_(width) {}

  std::string run(std::string_view page) {
    while (!page.empty() && !done_) {
      const std::size_t end = std::min(page.find('\n'), page.size());
      line(page.substr(0, end));
      page.remove_prefix(std::min(end + 1, page.size()));
    }
    flush();
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    return out_ + "\n";
  }

 private:
  void line(std::string_view text) {
    if (in_code_) return code_line(text);
    const std::string_view bare = trimmed(text);
    if (bare.compare(0, 3, "```") == 0) return fence(trimmed(bare.substr(3)));
    if (bare.empty()) return flush();
    if (bare.front() == '#') return heading(bare);
    if (bare.compare(0, 2, "- ") == 0 || bare.compare(0, 2, "* ") == 0) {
      flush();
      hanging_ = 2;
    }
    if (bare.front() == '|') {  // a table is read as it is
      flush();
      out_ += printable(text) + "\n";
      return;
    }
    paragraph_ += (paragraph_.empty() ? "" : " ") + std::string(bare);
  }

  void heading(std::string_view text) {
    flush();
    const bool title = text.compare(0, 2, "# ") == 0;
    text = trimmed(text.substr(std::min(text.find_first_not_of('#'), text.size())));
    if (!title && std::find(kProse.begin(), kProse.end(), text) == kProse.end()) {
      if (part_ == PagePart::summary && ++examples_ > 1) {
        done_ = true;
        return;
      }
    }
    out_ += style_.bold(text) + "\n" + (title ? "\n" : "");
  }

  void fence(std::string_view language) {
    flush();
    in_code_ = true;
    fixed_ = language.compare(0, 8, "py fixed") == 0;
    // A summary shows one example and its repair.
    done_ = part_ == PagePart::summary && !fixed_ && blocks_ > 0;
    blocks_ += fixed_ ? 0 : 1;
    if (fixed_ && !done_) out_ += "  " + style_.green("fixed:") + "\n";
  }

  void code_line(std::string_view text) {
    if (trimmed(text) == "```") {
      in_code_ = false;
      if (part_ == PagePart::summary && fixed_) done_ = true;
      if (!done_) out_ += '\n';
      return;
    }
    if (done_) return;
    const std::string shown = printable(without_test_mark(text));
    out_ += shown.empty() ? "\n" : "    " + (fixed_ ? shown : style_.dim(shown)) + "\n";
  }

  // Words are wrapped by their width; code in backticks stays whole.
  void flush() {
    if (paragraph_.empty()) return;
    std::size_t column = 0;
    std::string_view rest = paragraph_;
    while (!(rest = trimmed(rest)).empty()) {
      std::size_t end = 0;
      for (bool code = false; end < rest.size() && (code || rest[end] != ' '); ++end) code ^= rest[end] == '`';
      const std::string word = printable(rest.substr(0, end));
      const std::size_t size = display_width(word);
      if (column > 0 && column + 1 + size > width_) {
        out_ += "\n" + std::string(hanging_, ' ');
        column = hanging_;
      } else if (column > 0) {
        out_ += ' ';
        ++column;
      }
      out_ += word;
      column += size;
      rest.remove_prefix(end);
    }
    out_ += "\n\n";
    paragraph_.clear();
    hanging_ = 0;
  }

  PagePart part_;
  const Style& style_;
  std::size_t width_;
  std::string out_, paragraph_;
  std::size_t hanging_ = 0;
  bool in_code_ = false, fixed_ = false, done_ = false;
  unsigned examples_ = 0, blocks_ = 0;
};

}  // namespace

std::string page_text(std::string_view markdown, PagePart part, const Style& style, std::size_t width) {
  return Renderer(part, style, width).run(markdown);
}

}  // namespace awaitd::server
