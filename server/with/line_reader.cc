#include "server/with/line_reader.h"

#include <poll.h>

namespace awaitd::server::with {

namespace {
constexpr std::size_t kLongest = 2000;  // bytes of one line
}

LineReader::LineReader(int fd, std::function<void(std::string)> on_line)
    : fd_(fd), on_line_(std::move(on_line)), thread_([this] { run(); }) {}

LineReader::~LineReader() {
  wake_.set();
  thread_.join();
}

void LineReader::flush() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (!line_.empty()) on_line_(std::move(line_));
  line_.clear();
}

void LineReader::take(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      flush();
    } else if (line_.size() < kLongest) {
      line_ += c;
    }
  }
}

void LineReader::run() {
  char buffer[4096];
  for (;;) {
    pollfd ready[2] = {{fd_, POLLIN, 0}, {wake_.fd(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (ready[0].revents == 0 && ready[1].revents != 0) break;
    const ssize_t count = ::read(fd_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    take({buffer, static_cast<std::size_t>(count)});
  }
  flush();
}

}  // namespace awaitd::server::with
