// The worker threads. Each has a Parser of its own, which it lends to the jobs it runs.
// Jobs of higher priority go first, in order of submission within one; background jobs never take the last free thread.
// submit() may be called from any thread. stop() drops what is queued and waits for what runs.
#pragma once
#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/schedule/executor.h"

namespace awaitd::server {

class Pool final : public Executor {
 public:
  // 0 threads: every job runs inside submit() (for tests).
  explicit Pool(unsigned threads);
  ~Pool() override;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  void submit(Priority priority, Job job) override;
  void stop();
  // As many as the hardware has, at least two: one long background job must not hold up the rest.
  static unsigned default_threads();

 private:
  void run();
  std::deque<Job>* next();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::array<std::deque<Job>, 3> queues_;
  unsigned background_running_ = 0;
  bool stopping_ = false;
  std::unique_ptr<analysis::Parser> own_parser_;  // without threads
  std::vector<std::thread> threads_;
};

}  // namespace awaitd::server
