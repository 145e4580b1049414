// What the command line prints on: whether to colour, and the colours. Text that comes from files goes through
// printable() first, so that no file can send escape sequences to the terminal.
// Output errors are remembered, never raised: a closed pipe (| head) ends the output quietly. Single-threaded.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace awaitd::server {

enum class ColourChoice : std::uint8_t { automatic, always, never };

// Automatic: a terminal, and neither NO_COLOR nor TERM=dumb; FORCE_COLOR wins over both (force-color.org).
bool wants_colour(ColourChoice choice, std::FILE* stream);

class Style {
 public:
  explicit Style(bool colour = false) : colour_(colour) {}
  bool colour() const { return colour_; }
  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }
  std::string red(std::string_view text) const { return wrap("1;31", text); }
  std::string green(std::string_view text) const { return wrap("32", text); }
  std::string yellow(std::string_view text) const { return wrap("1;33", text); }
  std::string blue(std::string_view text) const { return wrap("1;34", text); }
  std::string cyan(std::string_view text) const { return wrap("1;36", text); }

 private:
  std::string wrap(const char* code, std::string_view text) const {
    if (!colour_ || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }
  bool colour_;
};

class Output {
 public:
  explicit Output(std::FILE* stream) : stream_(stream) {}
  // False once the reader is gone or the disk is full.
  bool write(std::string_view text);
  bool finish();  // flushes
  bool broken() const { return broken_; }
  int error() const { return error_; }  // errno of the first failure; EPIPE is nobody's fault

 private:
  bool fail();
  std::FILE* stream_;
  bool broken_ = false;
  int error_ = 0;
};

// One line for a terminal: control characters as pictures (U+2400...), tabs as four blanks, bytes that are no UTF-8 as
// U+FFFD.
std::string printable(std::string_view text);
// The same for prose: runs of white space become one blank, as in a message that quotes code of several lines.
std::string printable_prose(std::string_view text);
// Columns that printable text takes: 2 for East Asian wide characters and emoji, 0 for combining marks.
std::size_t display_width(std::string_view printable);

}  // namespace awaitd::server
