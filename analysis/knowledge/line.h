// One line of a knowledge table: its columns, and the first thing that is wrong with it.
// Used while the tables load; the views point into the line's text. One thread at a time.
#pragma once
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {

template <typename Enum>
struct Word {
  std::string_view word;
  Enum value;
};
// Eight bytes at a time: the tables are a third of a megabyte and are read while an editor waits for the server.
template <typename Each>
void for_each_tab(std::string_view text, Each&& each) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fULL, tabs = 0x0909090909090909ULL;
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little)
    for (; at + 8 <= text.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      word ^= tabs;
      // The high bit of each byte that was a tab.
      std::uint64_t found = ~(((word & low) + low) | word | low);
      for (; found != 0; found &= found - 1) each(at + static_cast<std::size_t>(std::countr_zero(found)) / 8);
    }
  for (; at < text.size(); ++at)
    if (text[at] == '\t') each(at);
}

// The columns of one line and the first thing that is wrong with it.
class Line {
 public:
  Line(std::string_view text, std::string_view table) : table_(table) {
    std::size_t start = 0;
    const auto cut = [&](std::size_t end) {
      if (count_ == columns_.size()) {
        fail("has more columns than any table");
        return;
      }
      columns_[count_++] = text.substr(start, end - start);
      start = end + 1;
    };
    for_each_tab(text, cut);
    cut(text.size());
  }

  std::string_view text(std::size_t column) const {
    const std::string_view value = column < count_ ? columns_[column] : std::string_view();
    return value == "-" ? std::string_view() : value;
  }
  std::string_view needed(std::size_t column, std::string_view what) {
    const std::string_view value = text(column);
    if (value.empty()) fail("column " + std::to_string(column + 1) + " must be " + std::string(what));
    return value;
  }
  template <typename Enum, std::size_t N>
  Enum word(std::string_view value, const Word<Enum> (&words)[N], std::string_view what, Enum otherwise) {
    if (value.empty()) return otherwise;
    for (const Word<Enum>& one : words)
      if (one.word == value) return one.value;
    std::string expected;
    for (const Word<Enum>& one : words) expected.append(expected.empty() ? "" : ", ").append(one.word);
    fail(std::string(what) + " '" + std::string(value) + "' is unknown, expected one of " + expected);
    return otherwise;
  }
  template <typename Enum, std::size_t N>
  Enum word(std::size_t column, const Word<Enum> (&words)[N], std::string_view what, Enum otherwise) {
    return word(text(column), words, what, otherwise);
  }
  int number(std::size_t column, std::string_view what, int otherwise) {
    const std::string_view value = text(column);
    int result = otherwise;
    if (value.empty()) return result;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error == std::errc() && end == value.data() + value.size()) return result;
    fail(std::string(what) + " '" + std::string(value) + "' is no number");
    return otherwise;
  }
  void columns(std::size_t most, bool whole) {
    if (count_ > most || (whole && count_ < most))
      fail("has " + std::to_string(count_) + " columns, expected " + std::to_string(most));
  }
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::string(table_) + ": " + std::move(problem);
  }
  std::string take() { return std::move(problem_); }
  bool good() const { return problem_.empty(); }

 private:
  std::array<std::string_view, 12> columns_;
  std::size_t count_ = 0;
  std::string_view table_;
  std::string problem_;
};

template <typename Each>
void for_each_word(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    each(text.substr(0, space));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
}

// timeouts.cc
void read_timeout(Line& line, Rows& rows, bool whole);
void read_scope(Line& line, Rows& rows, bool whole);
void read_pair(Line& line, Rows& rows, bool whole);

}  // namespace awaitd::analysis
