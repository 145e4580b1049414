// Writes messages to a pipe, socket or file descriptor without ever making the sender wait for a slow reader: what fits
// at once is written at once, the rest by a thread. The descriptor's flags are left alone (O_NONBLOCK would leak to the
// parent) and it is not closed here. send() and drain() belong to one thread; on_broken is called once, from any
// thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "server/transport/wake.h"

namespace awaitd::server {

class FdOutput {
 public:
  FdOutput(int fd, std::function<void()> on_broken);
  ~FdOutput();  // drops what is not written yet
  FdOutput(const FdOutput&) = delete;
  FdOutput& operator=(const FdOutput&) = delete;
  void send(std::string_view bytes);
  std::size_t waiting() const;  // bytes that the other side has not taken yet
  // Waits until all is written, the other side is gone, or the time is up.
  void drain(std::chrono::milliseconds limit);

 private:
  long write_some(std::string_view bytes) const;
  void run();
  void mark_broken();

  const int fd_;
  const bool socket_;
  const int capacity_;  // of a pipe
  std::function<void()> on_broken_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;      // guarded
  std::size_t in_hand_ = 0;  // guarded: bytes that the thread has taken out of waiting_ and not written
  bool broken_ = false;      // guarded
  bool stopping_ = false;    // guarded
  Wake wake_;
  std::thread thread_;
};

}  // namespace awaitd::server
