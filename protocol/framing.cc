#include "protocol/framing.h"

#include <algorithm>
#include <charconv>

namespace awaitd::protocol {
namespace {

constexpr std::string_view length_name = "content-length";

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 9110 token: what a header name may be made of.
bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

}  // namespace

void FrameReader::feed(std::string_view bytes) {
  if (pos_ > 0) {
    buffer_.erase(0, pos_);
    pos_ = 0;
    constexpr std::size_t keep = 256u << 10;  // one big message must not hold its memory for the session
    if (buffer_.empty() && buffer_.capacity() > keep) buffer_ = {};
  }
  // Bodies come in pieces: grow once, but do not trust a header with more than a megabyte in advance.
  if (state_ == State::Body)
    buffer_.reserve(std::min(length_ + 256, std::max<std::size_t>(buffer_.size() * 2, 1u << 20)));
  buffer_.append(bytes);
}

std::optional<Frame> FrameReader::next() {
  while (true) {
    progress_ = false;
    std::optional<Frame> found;
    switch (state_) {
      case State::Header:
        found = read_header();
        break;
      case State::Body:
        found = read_body();
        break;
      case State::Resync:
        skip_garbage();
        break;
    }
    if (found || !progress_) return found;
  }
}

void FrameReader::reject(std::string_view body) {
  buffer_.replace(0, pos_, body);
  start(State::Resync, 0);
}

bool FrameReader::idle() const { return state_ == State::Header && pos_ == buffer_.size(); }

void FrameReader::start(State state, std::size_t position) {
  state_ = state;
  pos_ = position;
  line_ = scan_ = 0;
  if (state != State::Body) has_length_ = false;
  progress_ = true;
}

FrameError FrameReader::fail(FrameError::Kind kind, std::string message, std::size_t resume) {
  start(State::Resync, resume);
  return {kind, std::move(message)};
}

std::optional<Frame> FrameReader::read_header() {
  while (true) {
    const std::size_t newline = buffer_.find('\n', pos_ + scan_);
    const std::size_t end = newline == std::string::npos ? buffer_.size() : newline + 1;
    if (end - pos_ > limits_.header) {
      return fail(FrameError::Kind::BadHeader, "header is longer than " + std::to_string(limits_.header) + " bytes",
                  pos_);
    }
    scan_ = end - pos_;
    if (newline == std::string::npos) return std::nullopt;
    std::string_view line(buffer_.data() + pos_ + line_, newline - pos_ - line_);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() && line_ == 0) {  // blank lines between frames
      start(State::Header, end);
      continue;
    }
    if (line.empty()) {
      if (!has_length_) return fail(FrameError::Kind::MissingLength, "header has no Content-Length", pos_);
      start(State::Body, end);
      return std::nullopt;
    }
    if (auto error = header_line(line)) return std::move(*error);
    line_ = scan_;
  }
}

std::optional<FrameError> FrameReader::header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(trim(line.substr(0, colon)))) {
    return fail(FrameError::Kind::BadHeader, "not a header line", pos_ + line_);
  }
  if (!equals_ignoring_case(trim(line.substr(0, colon)), length_name)) return std::nullopt;
  const std::string_view digits = trim(line.substr(colon + 1));
  // Where to look on: another header may follow on this very line, when this one was cut.
  const std::size_t value_start = pos_ + line_ + colon + 1;
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    return fail(FrameError::Kind::BadLength, "Content-Length is not a number", value_start);
  }
  if (code != std::errc() || value > limits_.body) {
    return fail(FrameError::Kind::TooLarge, "message is larger than " + std::to_string(limits_.body) + " bytes",
                value_start);
  }
  has_length_ = true;
  length_ = value;  // the last one counts: the one before may belong to a frame that was cut
  return std::nullopt;
}

// The start of a `Content-Length: N` that ends with the line break at `newline`, wherever it begins on its line.
std::optional<std::size_t> FrameReader::header_ending_at(std::size_t newline) const {
  constexpr std::size_t most = 64;  // name, digits and a few blanks: keeps this constant in time
  const std::size_t from = newline - std::min(newline - pos_, most);
  std::string_view text(buffer_.data() + from, newline - from);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const std::size_t digits_end = text.size();
  while (!text.empty() && text.back() >= '0' && text.back() <= '9') text.remove_suffix(1);
  if (text.size() == digits_end) return std::nullopt;
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.empty() || text.back() != ':') return std::nullopt;
  text.remove_suffix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.size() < length_name.size()) return std::nullopt;
  const std::size_t name = text.size() - length_name.size();
  if (!equals_ignoring_case(text.substr(name), length_name)) return std::nullopt;
  return from + name;
}

std::optional<Frame> FrameReader::read_body() {
  const std::size_t limit = pos_ + std::min(buffer_.size() - pos_, length_);
  while (pos_ + scan_ < limit) {
    const std::string_view rest(buffer_.data() + pos_ + scan_, limit - pos_ - scan_);
    const std::size_t offset = rest.find('\n');
    if (offset == std::string_view::npos) {
      scan_ = limit - pos_;
      break;
    }
    const std::size_t newline = pos_ + scan_ + offset;
    if (const auto header = header_ending_at(newline)) {
      start(State::Header, *header);
      return FrameError{FrameError::Kind::CutMessage, "message ends before its Content-Length"};
    }
    scan_ = newline + 1 - pos_;
  }
  if (buffer_.size() - pos_ < length_) return std::nullopt;
  std::string body = buffer_.substr(pos_, length_);
  start(State::Header, pos_ + body.size());
  return body;
}

void FrameReader::skip_garbage() {
  while (true) {
    const std::size_t newline = buffer_.find('\n', pos_ + scan_);
    if (newline == std::string::npos) {
      constexpr std::size_t keep = 64;  // a header line may end in the bytes to come
      if (buffer_.size() - pos_ > keep) pos_ = buffer_.size() - keep;
      scan_ = buffer_.size() - pos_;
      return;
    }
    if (const auto header = header_ending_at(newline)) return start(State::Header, *header);
    pos_ = newline + 1;
    scan_ = 0;
  }
}

std::string frame(std::string_view body) {
  std::string out = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  out.append(body);
  return out;
}

}  // namespace awaitd::protocol
