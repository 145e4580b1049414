#include "tests/bench/edits.h"

#include <algorithm>
#include <cctype>
#include <random>

namespace awaitd::bench {

namespace {

constexpr std::string_view kStatement = "await asyncio.sleep(1); time.sleep(0.5)  # typed";

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_name(char c) { return is_letter(c) || c == '_'; }

class Places {
 public:
  Places(const std::string& text, unsigned seed) : text_(text), random_(seed) {
    for (std::uint32_t at = 0; at < text.size(); ++at) {
      if (at == 0 || text[at - 1] == '\n') starts_.push_back(at);
    }
  }
  // A place the predicate likes, on a line of code that is ASCII up to there.
  template <class Likes>
  std::uint32_t pick(Likes likes) {
    for (;;) {
      const auto at = static_cast<std::uint32_t>(1 + random_() % (text_.size() - 2));
      const std::uint32_t start = starts_[line(at)];
      const std::size_t first = text_.find_first_not_of(' ', start);
      const bool ascii = std::all_of(text_.begin() + start, text_.begin() + at,
                                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
      if (ascii && first < at && is_letter(text_[first]) && likes(at)) return at;
    }
  }
  Point point(std::uint32_t at) const { return {line(at), at - starts_[line(at)]}; }
  std::size_t indent(std::uint32_t at) const {
    const std::uint32_t start = starts_[line(at)];
    return text_.find_first_not_of(' ', start) - start;
  }

 private:
  std::uint32_t line(std::uint32_t at) const {
    return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), at) - starts_.begin() - 1);
  }
  const std::string& text_;
  std::mt19937 random_;
  std::vector<std::uint32_t> starts_;
};

Point after(Point start, std::string_view text) {
  for (const char c : text) start = c == '\n' ? Point{start.line + 1, 0} : Point{start.line, start.column + 1};
  return start;
}

Keystroke insertion(std::uint32_t at, Point point, std::string text) {
  Keystroke key{at, at, point, point, std::move(text), {}, false};
  key.new_end = after(point, key.text);
  return key;
}

Keystroke removal(std::uint32_t at, Point point, std::string_view removed) {
  return {at, at + static_cast<std::uint32_t>(removed.size()), point, after(point, removed), "", point, false};
}

// Types the statement on a new line below the one at `at`, a key at a time, and takes all of it away again.
void type_statement(std::vector<Keystroke>& out, std::uint32_t at, Point point, std::size_t indent) {
  std::string typed = "\n" + std::string(indent, ' ');
  out.push_back(insertion(at, point, typed));
  for (const char c : kStatement) {
    out.push_back(insertion(at + static_cast<std::uint32_t>(typed.size()), after(point, typed), std::string(1, c)));
    typed += c;
  }
  out.push_back(removal(at, point, typed));
  out.back().cleaning = true;
}

}  // namespace

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> names = {"word", "typing", "newline", "bracket", "quote"};
  return names;
}

std::vector<Keystroke> keystrokes(std::string_view kind, const std::string& text, unsigned seed, std::size_t count) {
  Places places(text, seed);
  std::vector<Keystroke> out;
  const auto in_word = [&](std::uint32_t at) { return is_letter(text[at]) && is_letter(text[at - 1]); };
  const auto before_name = [&](std::uint32_t at) { return is_name(text[at]) && text[at - 1] == ' '; };
  const auto line_end = [&](std::uint32_t at) { return text[at] == '\n'; };
  while (out.size() < count) {
    if (kind == "typing") {
      const std::uint32_t at = places.pick([&](std::uint32_t p) {
        return line_end(p) && places.indent(p) >= 4 && (text[p - 1] == ')' || is_name(text[p - 1]));
      });
      type_statement(out, at, places.point(at), places.indent(at));
      continue;
    }
    std::string inserted = kind == "word" ? "x" : kind == "bracket" ? "(" : "\"";
    std::uint32_t at = 0;
    if (kind == "newline") {
      at = places.pick(line_end);
      inserted = "\n" + std::string(places.indent(at), ' ');
    } else {
      at = kind == "word" ? places.pick(in_word) : places.pick(before_name);
    }
    out.push_back(insertion(at, places.point(at), inserted));
    out.push_back(removal(at, places.point(at), inserted));
  }
  return out;
}

void apply(std::string& text, const Keystroke& key) { text.replace(key.start, key.end - key.start, key.text); }

}  // namespace awaitd::bench
