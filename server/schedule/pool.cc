#include "server/schedule/pool.h"

#include <algorithm>

namespace awaitd::server {

Pool::Pool(unsigned threads) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Pool::~Pool() { stop(); }

unsigned Pool::default_threads() { return std::max(2U, std::thread::hardware_concurrency()); }

void Pool::submit(Priority priority, Job job) {
  if (threads_.empty()) {
    if (stopping_) return;
    if (!own_parser_) own_parser_ = std::make_unique<analysis::Parser>();
    return job(*own_parser_);
  }
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    queues_[static_cast<std::size_t>(priority)].push_back(std::move(job));
  }
  wake_.notify_one();
}

void Pool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  for (auto& queue : queues_) queue.clear();
}

// The queue to take from, or null. Called with the lock held.
std::deque<Pool::Job>* Pool::next() {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (queues_[i].empty()) continue;
    const bool background = i == static_cast<std::size_t>(Priority::background);
    if (background && threads_.size() > 1 && background_running_ + 1 >= threads_.size()) continue;
    return &queues_[i];
  }
  return nullptr;
}

void Pool::run() {
  std::unique_ptr<analysis::Parser> parser;  // made on first use: start-up stays cheap
  std::unique_lock lock(mutex_);
  for (;;) {
    std::deque<Job>* queue = nullptr;
    wake_.wait(lock, [&] { return stopping_ || (queue = next()) != nullptr; });
    if (stopping_) return;
    Job job = std::move(queue->front());
    queue->pop_front();
    const bool background = queue == &queues_.back();
    background_running_ += background ? 1 : 0;
    lock.unlock();
    if (!parser) parser = std::make_unique<analysis::Parser>();
    job(*parser);
    job = nullptr;  // what it holds is released outside the lock
    lock.lock();
    background_running_ -= background ? 1 : 0;
    if (background) wake_.notify_one();
  }
}

}  // namespace awaitd::server
