// Keystrokes of several kinds, made from a seed, with everything a server and a bare parser need to be told of them.
// Every list of edits that is applied in order ends with the text it began with. Offsets and columns are bytes; places
// are on lines that are ASCII up to there, so columns are UTF-16 units too. Lines are 0-based.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::bench {

struct Point {
  std::uint32_t line = 0, column = 0;
};

struct Keystroke {
  std::uint32_t start = 0, end = 0;  // of the text before it
  Point start_point, end_point;
  std::string text;
  Point new_end;
  bool cleaning = false;  // puts the text back where a person would not: not measured
};

// The names of the kinds.
const std::vector<std::string>& kinds();

// word: a letter inside a name and its removal, anywhere. typing: statements typed inside functions, a key at a time.
// newline: a line break behind a line of code, and its removal. bracket, quote: "(" and '"' before a name, and its
// removal.
std::vector<Keystroke> keystrokes(std::string_view kind, const std::string& text, unsigned seed, std::size_t count);

void apply(std::string& text, const Keystroke& key);

}  // namespace awaitd::bench
