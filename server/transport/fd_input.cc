#include "server/transport/fd_input.h"

#include <poll.h>

#include <vector>

namespace awaitd::server {

FdInput::FdInput(int fd, Callbacks callbacks) : fd_(fd), callbacks_(std::move(callbacks)), thread_([this] { run(); }) {}

FdInput::~FdInput() {
  wake_.set();
  thread_.join();
}

bool FdInput::more() const {
  pollfd ready{fd_, POLLIN, 0};
  return buffered_.load(std::memory_order_relaxed) || ::poll(&ready, 1, 0) > 0;
}

void FdInput::take_messages() {
  while (auto frame = frames_.next()) {
    if (const auto* error = std::get_if<protocol::FrameError>(&*frame)) {
      callbacks_.on_problem(error->message);
      continue;
    }
    const std::string& body = std::get<std::string>(*frame);
    protocol::Message message = protocol::parse_message(body);
    const auto* malformed = std::get_if<protocol::Malformed>(&message);
    if (malformed && malformed->error.code == protocol::ErrorCode::ParseError) frames_.reject(body);
    buffered_.store(!frames_.idle(), std::memory_order_relaxed);
    callbacks_.on_message(std::move(message));
  }
}

void FdInput::run() {
  std::vector<char> buffer(64u << 10);
  for (;;) {
    // Waiting in poll() rather than in read() lets the destructor call the thread back.
    pollfd ready[2] = {{fd_, POLLIN, 0}, {wake_.fd(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (ready[1].revents != 0) return;
    const ssize_t count = ::read(fd_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    frames_.feed({buffer.data(), static_cast<std::size_t>(count)});
    take_messages();
    buffered_.store(false, std::memory_order_relaxed);
  }
  if (!frames_.idle()) callbacks_.on_problem("the input ended inside a message");
  callbacks_.on_end();
}

}  // namespace awaitd::server
