#include "server/transport/fd_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <climits>

namespace awaitd::server {

namespace {
bool is_socket(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

// What an empty pipe takes at once (pipe(7)); 0 if this is none, or nobody tells.
int capacity_of(int fd) {
#ifdef F_GETPIPE_SZ
  return std::max(::fcntl(fd, F_GETPIPE_SZ), 0);
#else
  (void)fd;
  return 0;
#endif
}
}  // namespace

FdOutput::FdOutput(int fd, std::function<void()> on_broken)
    : fd_(fd), socket_(is_socket(fd)), capacity_(capacity_of(fd)), on_broken_(std::move(on_broken)), thread_([this] {
        run();
      }) {}

FdOutput::~FdOutput() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  wake_.set();
  thread_.join();
}

// Writes what fits without blocking. 0: nothing fits now; negative: the other side is gone.
long FdOutput::write_some(std::string_view bytes) const {
  for (;;) {
    ssize_t written = 0;
    if (socket_) {
      written = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
      // A pipe that polls as writable takes PIPE_BUF bytes without blocking; one that was read empty takes all it
      // holds, so that the reader is woken once a message.
      pollfd ready{fd_, POLLOUT, 0};
      if (::poll(&ready, 1, 0) == 0) return 0;
      int unread = 1;
      const bool empty = capacity_ > 0 && ::ioctl(fd_, FIONREAD, &unread) == 0 && unread == 0;
      const std::size_t fits = empty ? static_cast<std::size_t>(capacity_) : PIPE_BUF;
      written = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), fits));
    }
    if (written >= 0) return static_cast<long>(written);
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
  }
}

void FdOutput::send(std::string_view bytes) {
  {
    std::lock_guard lock(mutex_);
    if (broken_) return;
    if (waiting_.empty() && in_hand_ == 0) {
      while (!bytes.empty()) {
        const long written = write_some(bytes);
        if (written < 0) break;  // the thread will meet the same error and say so
        if (written == 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(written));
      }
      if (bytes.empty()) return;
    }
    waiting_.append(bytes);
  }
  changed_.notify_all();
}

void FdOutput::drain(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return broken_ || (waiting_.empty() && in_hand_ == 0); });
}

std::size_t FdOutput::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_.size() + in_hand_;
}

void FdOutput::mark_broken() {
  {
    std::lock_guard lock(mutex_);
    broken_ = true;
    waiting_.clear();
    in_hand_ = 0;
  }
  changed_.notify_all();
  on_broken_();
}

void FdOutput::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::string bytes;
    bytes.swap(waiting_);
    in_hand_ = bytes.size();
    lock.unlock();
    std::string_view rest = bytes;
    while (!rest.empty()) {
      pollfd ready[2] = {{fd_, POLLOUT, 0}, {wake_.fd(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0 && errno != EINTR) return mark_broken();
      if (ready[1].revents != 0) return;
      const long written = write_some(rest);
      if (written < 0) return mark_broken();
      rest.remove_prefix(static_cast<std::size_t>(written));
      std::lock_guard counting(mutex_);
      in_hand_ = rest.size();
    }
    lock.lock();
    changed_.notify_all();
  }
}

}  // namespace awaitd::server
