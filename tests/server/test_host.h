// A host whose clock is moved by hand and whose messages are kept. post() from any thread, all else from the test's.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/base/host.h"

namespace awaitd::server {

class TestHost final : public Host {
 public:
  void post(std::function<void()> task) override {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    posted_.notify_all();
  }
  void after(std::chrono::milliseconds delay, std::function<void()> task) override {
    timers_.emplace(now_ + delay, std::move(task));
  }
  Clock::time_point now() const override { return now_; }
  void send(std::string message) override { sent.push_back(std::move(message)); }
  void finish(int code) override { exit_code = code; }

  // Runs what is posted, and what that posts.
  void drain() {
    while (run_one(std::chrono::milliseconds(0))) continue;
  }
  // False if nothing was posted within the time.
  bool run_one(std::chrono::milliseconds patience) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      if (!posted_.wait_for(lock, patience, [&] { return !tasks_.empty(); })) return false;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
    return true;
  }
  // Moves the clock; timers that come due run in order.
  void advance(std::chrono::milliseconds time) {
    const Clock::time_point end = now_ + time;
    while (!timers_.empty() && timers_.begin()->first <= end) {
      const auto timer = timers_.extract(timers_.begin());
      now_ = timer.key();
      timer.mapped()();
      drain();
    }
    now_ = end;
  }
  std::size_t timers() const { return timers_.size(); }

  std::deque<std::string> sent;
  std::optional<int> exit_code;

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> tasks_;
  std::multimap<Clock::time_point, std::function<void()>> timers_;
  Clock::time_point now_{std::chrono::hours(1)};
};

}  // namespace awaitd::server
