// Content-Length frames, without I/O: bytes go in as they come, complete bodies come out. Tolerates other headers, any
// case, `\n` for `\r\n`, blank lines between frames. After an error the reader looks for the next Content-Length line.
// A body is known to be cut as soon as a header line shows up inside it: JSON cannot hold one, because its strings hold
// no raw line break. Lengths are bytes; the reader owns what it buffers (at most one message); single-threaded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace awaitd::protocol {

struct FrameLimits {
  std::size_t body = 64u << 20;
  std::size_t header = 8u << 10;  // one frame's header lines together
};

struct FrameError {
  enum class Kind { BadHeader, MissingLength, BadLength, TooLarge, CutMessage };
  Kind kind;
  std::string message;
};

using Frame = std::variant<std::string, FrameError>;  // the body or what was wrong

class FrameReader {
 public:
  explicit FrameReader(FrameLimits limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes);
  // The next body or error; nothing when more bytes are needed. Call until it is empty after each feed().
  std::optional<Frame> next();
  // The body that next() just gave is not JSON: look inside it for a header, as the length may have been wrong.
  void reject(std::string_view body);
  // No frame is half read; at the end of the input anything else is a cut message.
  bool idle() const;

 private:
  enum class State { Header, Body, Resync };

  std::optional<Frame> read_header();  // empty with progress_ set: go on
  std::optional<Frame> read_body();
  void skip_garbage();
  std::optional<FrameError> header_line(std::string_view line);
  std::optional<std::size_t> header_ending_at(std::size_t newline) const;
  FrameError fail(FrameError::Kind kind, std::string message, std::size_t resume);
  void start(State state, std::size_t position);

  FrameLimits limits_;
  std::string buffer_;
  std::size_t pos_ = 0;   // where the header, the body or the garbage begins in buffer_
  std::size_t line_ = 0;  // offset from pos_ of the header line being read
  std::size_t scan_ = 0;  // offset from pos_ up to which there is no unseen line break
  bool has_length_ = false;
  std::size_t length_ = 0;  // of the body, once has_length_
  State state_ = State::Header;
  bool progress_ = false;
};

// `body` with its header, ready to be written.
std::string frame(std::string_view body);

}  // namespace awaitd::protocol
