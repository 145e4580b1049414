// Keeps jobs until the test runs them.
#pragma once
#include <deque>
#include <utility>

#include "server/schedule/executor.h"

namespace awaitd::server {

class ManualExecutor final : public Executor {
 public:
  void submit(Priority priority, Job job) override { jobs.emplace_back(priority, std::move(job)); }
  // False if there is none.
  bool run_next() {
    if (jobs.empty()) return false;
    const Job job = std::move(jobs.front().second);
    jobs.pop_front();
    job(parser_);
    return true;
  }
  std::deque<std::pair<Priority, Job>> jobs;

 private:
  analysis::Parser parser_;
};

}  // namespace awaitd::server
