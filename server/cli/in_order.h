// Runs the same work on several threads and hands the results over in order, so that output never depends on the
// number of threads.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace awaitd::server {

// make(state, i) runs on any thread, with a State that belongs to the thread; use(result) runs here, in the order of i,
// as soon as it can; when it returns false the rest is dropped.
template <class State, class Result, class Make, class Use>
void run_in_order(std::size_t count, unsigned jobs, const Make& make, const Use& use) {
  if (jobs <= 1 || count <= 1) {
    State state;
    for (std::size_t i = 0; i < count; ++i) {
      if (!use(make(state, i))) return;
    }
    return;
  }
  std::vector<std::optional<Result>> results(count);
  std::mutex mutex;
  std::condition_variable ready;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < jobs && t < count; ++t) {
    threads.emplace_back([&] {
      State state;
      for (std::size_t i; (i = next.fetch_add(1)) < count;) {
        Result result = make(state, i);
        {
          const std::lock_guard lock(mutex);
          results[i] = std::move(result);
        }
        ready.notify_one();
      }
    });
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return results[i].has_value(); });
    Result result = std::move(*results[i]);
    results[i].reset();
    lock.unlock();
    if (use(std::move(result))) continue;
    next.store(count);
    break;
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace awaitd::server
