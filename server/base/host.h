// What a session needs of the world around it: its strand, time, and the way to the client. The real one is built on
// Asio (session/run.cc); the tests' one has a clock they move by hand. post() may be called from any thread; all else
// belongs to the strand. Whatever is posted runs on the strand, one after another, in order.
#pragma once
#include <chrono>
#include <functional>
#include <string>

namespace awaitd::server {

using Clock = std::chrono::steady_clock;

class Host {
 public:
  virtual ~Host() = default;
  virtual void post(std::function<void()> task) = 0;
  // True if nothing posted waits: then a short computation on the strand keeps nobody waiting.
  virtual bool idle() const { return false; }
  virtual void after(std::chrono::milliseconds delay, std::function<void()> task) = 0;
  virtual Clock::time_point now() const = 0;
  virtual void send(std::string message) = 0;  // one JSON message, unframed; never blocks
  virtual void finish(int exit_code) = 0;      // the session is over: deliver what was sent, then end
};

}  // namespace awaitd::server
