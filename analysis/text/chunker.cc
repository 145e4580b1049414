#include "analysis/text/chunker.h"

#include <array>
#include <cstring>
#include <vector>

namespace awaitd::analysis {
namespace {

enum class Mode : std::uint8_t { code, string, spec };
enum class Act : std::uint8_t { plain, newline, comment, quote, open, close, colon, backslash };

constexpr std::array<Act, 256> code_acts() {
  std::array<Act, 256> acts{};
  acts['\n'] = acts['\r'] = Act::newline;
  acts['#'] = Act::comment;
  acts['"'] = acts['\''] = acts['`'] = Act::quote;  // the grammar still knows the backquotes of Python 2
  acts['('] = acts['['] = acts['{'] = Act::open;
  acts[')'] = acts[']'] = acts['}'] = Act::close;
  acts[':'] = Act::colon;
  acts['\\'] = Act::backslash;
  return acts;
}
constexpr std::array<Act, 256> kCodeActs = code_acts();

constexpr std::array<bool, 256> name_bytes() {
  std::array<bool, 256> is{};
  for (int c = 0; c < 256; ++c) {
    is[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
  }
  return is;
}
constexpr std::array<bool, 256> kNameByte = name_bytes();

bool is_name(char c) { return kNameByte[static_cast<unsigned char>(c)]; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_plain_in_string(char c) { return c != '\\' && c != '"' && c != '\'' && c != '`' && c != '\n' && c != '\r'; }
bool is_newline(char c) { return c == '\n' || c == '\r'; }

// Whitespace, comments and what cannot start a statement are no cuts; nor are bytes above ASCII, which may be white
// space of some kind (U+FEFF, U+200B, ...).
bool may_start_statement(char c) { return c > ' ' && c < 0x7f && !std::strchr("#\\)]},;:=", c); }

struct StringKind {
  char quote = 0;
  bool triple = false;
  bool raw = false;
  bool format = false;
};

// A replacement field {...} of an f-string whose expression is being scanned.
struct FieldFrame {
  StringKind string;
  bool in_spec = false;     // the field stands in the format specification of the field below it
  std::uint32_t depth = 0;  // open brackets outside
};

class Scan {
 public:
  Scan(std::string_view text, std::uint32_t start) : text_(text), start_(start), pos_(start), candidate_(start) {}
  std::uint32_t run();
  bool in_triple_quotes() const { return unclosed_; }  // when the text ended

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\n'; }
  bool word(std::size_t i, std::string_view w) const {
    return text_.substr(i, w.size()) == w && !(i + w.size() < text_.size() && is_name(text_[i + w.size()]));
  }
  std::size_t skip_blanks(std::size_t i) const {
    while (i < text_.size() && is_blank(text_[i])) ++i;
    return i;
  }
  std::size_t after_newline(std::size_t i) const { return i + (at(i) == '\r' && at(i + 1) == '\n' ? 2 : 1); }

  bool line_start();
  bool statement(std::size_t p);
  bool takes(std::size_t p) const;
  bool continues_statement(std::size_t p) const;
  bool definition(std::size_t p) const;
  bool never_in_brackets(std::size_t p) const;
  bool import_from(std::size_t p) const;
  void code();
  void open_string();
  void string();
  void plain_string();
  bool close_quote();
  void skip_escape();
  void format_spec();
  void end_of_spec_string();
  void enter_field(bool in_spec);
  void leave_field();

  std::string_view text_;
  std::size_t start_, pos_;
  std::size_t candidate_;  // the last statement start seen
  std::size_t cut_ = kNone;
  std::size_t decorator_ = kNone;  // first of a run of lines that look like decorators, inside brackets
  std::uint32_t depth_ = 0;        // open brackets in the current expression
  bool unclosed_ = false;
  bool decorated_ = false;         // a decorator waits for its definition
  Mode mode_ = Mode::code;
  StringKind kind_;  // of the string being scanned, in the modes string and spec
  std::vector<FieldFrame> fields_;
};

std::uint32_t Scan::run() {
  if (pos_ < text_.size()) line_start();
  while (cut_ == kNone && pos_ < text_.size()) {
    switch (mode_) {
      case Mode::code:
        code();
        break;
      case Mode::string:
        string();
        break;
      case Mode::spec:
        format_spec();
        break;
    }
  }
  return static_cast<std::uint32_t>(cut_ == kNone ? text_.size() : cut_);
}

// else, elif, except, finally
bool Scan::continues_statement(std::size_t p) const {
  return text_[p] == 'e' ? word(p, "else") || word(p, "elif") || word(p, "except") : word(p, "finally");
}

bool Scan::definition(std::size_t p) const {
  if (word(p, "async")) {
    std::size_t i = p + 5;
    while (i < p + 16 && is_blank(at(i))) ++i;
    return word(i, "def");
  }
  return word(p, "def") || word(p, "class");
}

// `from a.b import`: a bare `from` may stand inside brackets, in `(yield\nfrom x)`.
bool Scan::import_from(std::size_t p) const {
  if (!word(p, "from")) return false;
  const std::size_t limit = p + kCutLookahead - 16;
  std::size_t i = p + 4;
  while (i < limit && is_blank(at(i))) ++i;
  while (i < limit && i < text_.size() && (is_name(text_[i]) || text_[i] == '.')) ++i;
  while (i < limit && is_blank(at(i))) ++i;
  return i < limit && word(i, "import");
}

// Reserved words that no expression can hold. Not here: if, else, for, async for, from, lambda, not, and other words
// of expressions; and the soft keywords match, type, print.
bool Scan::never_in_brackets(std::size_t p) const {
  static constexpr std::string_view kWords[] = {"assert", "break",  "class",   "continue", "def",    "del",
                                                "elif",   "except", "finally", "global",   "import", "nonlocal",
                                                "pass",   "raise",  "return",  "try",      "while",  "with"};
  const char c = text_[p];
  if (c < 'a' || c > 'w') return false;
  for (std::string_view w : kWords) {
    if (w[0] == c && word(p, w)) return true;
  }
  if (c == 'f') return import_from(p);
  if (c != 'a' || !word(p, "async")) return false;
  std::size_t i = p + 5;
  while (i < p + 16 && is_blank(at(i))) ++i;
  return word(i, "def") || word(i, "with");
}

// At pos_ a physical line starts, outside strings. True if the scan is over.
bool Scan::line_start() {
  const std::size_t p = pos_;
  if (p >= text_.size() || is_blank(text_[p]) || is_newline(text_[p])) return false;
  if (depth_ == 0 && fields_.empty()) {
    decorator_ = kNone;
    return statement(p);
  }
  const std::size_t decorator = decorator_;
  if (text_[p] == '@' && fields_.empty()) {
    if (decorator_ == kNone) decorator_ = p;
    return false;
  }
  if (text_[p] != '#' && text_[p] != ')') decorator_ = kNone;
  if (!never_in_brackets(p)) return false;
  // A bracket was left open above: what follows is not part of it.
  depth_ = 0;
  fields_.clear();
  if (decorator != kNone && !decorated_ && p + 24 <= decorator + kCutLookahead && definition(p)) {
    if (statement(decorator)) return true;
  }
  return statement(p);
}

bool Scan::statement(std::size_t p) {
  if (!may_start_statement(text_[p]) || continues_statement(p)) return false;
  const bool joined = decorated_ && (text_[p] == '@' || definition(p));
  decorated_ = text_[p] == '@';
  if (joined || p == start_) return false;
  if (takes(p)) {
    cut_ = p;
    return true;
  }
  candidate_ = p;
  return false;
}

// Taken with a probability of the last statement's length / 1024: so the statement starts that are cuts lie about
// 1 KB apart whatever the length of statements, and depend on the text just before them only.
bool Scan::takes(std::size_t p) const {
  const std::size_t size = p - start_;
  if (size < kChunkMin) return false;
  if (size >= kChunkMax) return true;
  const std::uint64_t length = p - candidate_;
  std::uint64_t hash = length;
  for (std::size_t i = p - 32; i < p; i += 8) {
    std::uint64_t part;
    std::memcpy(&part, text_.data() + i, 8);
    hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  }
  return (hash >> 8) % (kChunkTarget - kChunkMin) < length;
}

// Program text until a cut is found, a string begins or the text ends.
void Scan::code() {
  const char* data = text_.data();
  const std::size_t size = text_.size();
  while (pos_ < size) {
    // A local, since every store to a member might be one to the text for all the compiler knows.
    std::size_t pos = pos_;
    while (pos < size && kCodeActs[static_cast<unsigned char>(data[pos])] == Act::plain) ++pos;
    pos_ = pos;
    if (pos == size) return;
    switch (kCodeActs[static_cast<unsigned char>(data[pos])]) {
      case Act::plain:
        break;
      case Act::newline:
        pos_ = after_newline(pos_);
        if (line_start()) return;
        break;
      case Act::comment:
        while (pos < size && !is_newline(data[pos])) ++pos;
        pos_ = pos;
        break;
      case Act::quote:
        open_string();
        return;
      case Act::open:
        ++depth_;
        ++pos_;
        break;
      case Act::close:
        if (depth_ > 0) {
          --depth_;
          ++pos_;
        } else if (data[pos_] == '}' && !fields_.empty()) {
          leave_field();
          return;
        } else {
          ++pos_;
        }
        break;
      case Act::colon:
        ++pos_;
        if (depth_ > 0 || fields_.empty()) break;
        kind_ = fields_.back().string;
        mode_ = Mode::spec;
        return;
      case Act::backslash:
        ++pos_;
        if (pos_ < size && is_newline(data[pos_])) pos_ = after_newline(pos_);  // no line starts here
        break;
    }
  }
}

// pos_ is at a quote; its prefix lies behind. Leaves pos_ after the opening quotes.
void Scan::open_string() {
  StringKind kind;
  kind.quote = text_[pos_];
  for (std::size_t i = pos_; i > start_ && is_name(text_[i - 1]); --i) {
    const char c = static_cast<char>(text_[i - 1] | 0x20);
    if (!std::strchr("frtbu", c) || pos_ - i >= 4) {
      kind.format = kind.raw = false;
      break;
    }
    kind.format |= c == 'f' || c == 't';
    kind.raw |= c == 'r';
  }
  kind.triple = kind.quote != '`' && at(pos_ + 1) == kind.quote && at(pos_ + 2) == kind.quote;
  if (kind.quote == '`') kind.format = false;
  pos_ += kind.triple ? 3 : 1;
  kind_ = kind;
  mode_ = Mode::string;
}

// pos_ is at the quote of kind_: steps over it; true if it ends the string.
bool Scan::close_quote() {
  const bool closes = !kind_.triple || (at(pos_ + 1) == kind_.quote && at(pos_ + 2) == kind_.quote);
  pos_ += kind_.triple && closes ? 3 : 1;
  return closes;
}

// pos_ is at a backslash in a string.
void Scan::skip_escape() {
  ++pos_;
  if (pos_ >= text_.size()) return;
  if (is_newline(text_[pos_])) {
    pos_ = after_newline(pos_);
  } else if (!kind_.format || (text_[pos_] != '{' && text_[pos_] != '}')) {
    ++pos_;
    if (kind_.format && !kind_.raw && text_[pos_ - 1] == 'N' && at(pos_) == '{') {  // \N{EM DASH} is no field
      std::size_t i = pos_ + 1;
      while (i < text_.size() && (is_name(text_[i]) || text_[i] == ' ' || text_[i] == '-')) ++i;
      if (at(i) == '}') pos_ = i + 1;
    }
  }
}

// The content of a string from pos_ on, until it ends or a replacement field's expression begins. An unterminated
// string ends with its line.
void Scan::string() {
  mode_ = Mode::code;
  if (!kind_.format) {
    plain_string();
    return;
  }
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == '\\') {
      skip_escape();
    } else if (c == kind_.quote) {
      if (close_quote()) return;
    } else if (is_newline(c) && !kind_.triple) {
      return;
    } else if (c == '{' && at(pos_ + 1) != '{') {
      enter_field(false);
      return;
    } else {
      pos_ += c == '{' ? 2 : 1;
    }
  }
  unclosed_ = kind_.triple;
}

void Scan::plain_string() {
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == '\\') {
      skip_escape();
    } else if (c == kind_.quote) {
      if (close_quote()) return;
    } else if (kind_.triple) {
      // Long documentation: memchr is several times faster than a byte loop.
      const char* from = text_.data() + pos_;
      const std::size_t rest = text_.size() - pos_;
      const void* quote = std::memchr(from, kind_.quote, rest);
      const std::size_t until = quote ? static_cast<std::size_t>(static_cast<const char*>(quote) - from) : rest;
      const void* slash = std::memchr(from, '\\', until);
      pos_ += slash ? static_cast<std::size_t>(static_cast<const char*>(slash) - from) : until;
    } else if (is_newline(c)) {
      return;
    } else {
      std::size_t pos = pos_ + 1;
      while (pos < text_.size() && is_plain_in_string(text_[pos])) ++pos;
      pos_ = pos;
    }
  }
  unclosed_ = kind_.triple;
}

void Scan::enter_field(bool in_spec) {
  ++pos_;
  fields_.push_back({kind_, in_spec, depth_});
  depth_ = 0;
  mode_ = Mode::code;
}

// pos_ is at the } of the innermost field.
void Scan::leave_field() {
  ++pos_;
  const FieldFrame& field = fields_.back();
  kind_ = field.string;
  depth_ = field.depth;
  mode_ = field.in_spec ? Mode::spec : Mode::string;
  fields_.pop_back();
}

// The text after `:` in the innermost field: literal, but for fields in it.
void Scan::format_spec() {
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (c == '}') {
      leave_field();
      return;
    }
    if (c == '{') {
      enter_field(true);
      return;
    }
    if ((is_newline(c) && !kind_.triple) || (c == kind_.quote && close_quote())) {
      end_of_spec_string();
      return;
    }
    if (c != kind_.quote) ++pos_;
  }
}

// The string ended in the middle of a field: all its fields end.
void Scan::end_of_spec_string() {
  mode_ = Mode::code;
  for (bool nested = true; nested && !fields_.empty();) {
    nested = fields_.back().in_spec;
    depth_ = fields_.back().depth;
    fields_.pop_back();
  }
}

}  // namespace

std::uint32_t next_cut(std::string_view text, std::uint32_t start) { return Scan(text, start).run(); }

bool ends_in_triple_quotes(std::string_view text) {
  for (std::uint32_t start = 0; start < text.size();) {
    Scan scan(text, start);
    std::uint32_t cut = scan.run();
    if (cut >= text.size() || cut <= start) return scan.in_triple_quotes();
    start = cut;
  }
  return false;
}

}  // namespace awaitd::analysis
