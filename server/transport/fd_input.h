// Reads messages from a pipe, file or socket descriptor with blocking reads on a thread of its own and hands each to
// on_message, already parsed: a large didOpen is no work for the strand. All callbacks run on that thread; on_end comes
// once, at the end of the input or on a read error, but not when the object is destroyed first. The descriptor's flags
// are left alone and it is not closed here.
#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "protocol/framing.h"
#include "protocol/message.h"
#include "server/transport/wake.h"

namespace awaitd::server {

class FdInput {
 public:
  struct Callbacks {
    std::function<void(protocol::Message)> on_message;
    std::function<void(std::string)> on_problem;  // a frame that could not be read: one line of text
    std::function<void()> on_end;
  };
  FdInput(int fd, Callbacks callbacks);
  ~FdInput();
  // True if more than the message that on_message was just called for is there already. From any thread.
  bool more() const;
  FdInput(const FdInput&) = delete;
  FdInput& operator=(const FdInput&) = delete;

 private:
  void run();
  void take_messages();

  const int fd_;
  Callbacks callbacks_;
  protocol::FrameReader frames_;
  std::atomic<bool> buffered_{false};  // bytes of another frame came together with the one under way
  Wake wake_;
  std::thread thread_;
};

}  // namespace awaitd::server
