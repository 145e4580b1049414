// A descriptor that another thread can make readable, so that a thread in poll() can be called back.
// Owns two descriptors. set() from any thread.
#pragma once
#include <unistd.h>

#include <cerrno>

namespace awaitd::server {

class Wake {
 public:
  Wake() {
    if (::pipe(ends_) != 0) ends_[0] = ends_[1] = -1;  // poll() ignores negative descriptors
  }
  ~Wake() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  int fd() const { return ends_[0]; }
  void set() {
    const char byte = 1;
    while (::write(ends_[1], &byte, 1) < 0 && errno == EINTR) continue;
  }

 private:
  int ends_[2];
};

}  // namespace awaitd::server
