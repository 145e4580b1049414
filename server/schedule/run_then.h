// run_then: work on a pool thread, then its result on the strand. Everything the second function holds (replies, most
// of all) is touched and destroyed on the strand only. If the work throws, the second function gets an empty result.
#pragma once
#include <exception>
#include <memory>
#include <utility>

#include "server/base/host.h"
#include "server/base/log.h"
#include "server/schedule/executor.h"

namespace awaitd::server {

struct Workers {
  Executor* executor;
  Host* host;
  Log* log;
};

// work: R(Parser&), R default-constructible; then: void(R).
template <class Work, class Then>
void run_then(const Workers& workers, Priority priority, Work work, Then then) {
  using Result = decltype(work(std::declval<analysis::Parser&>()));
  auto done = std::make_shared<Then>(std::move(then));
  auto task = std::make_shared<Work>(std::move(work));
  Host* host = workers.host;
  Log* log = workers.log;
  workers.executor->submit(priority, [task, done, host, log](analysis::Parser& parser) mutable {
    auto result = std::make_shared<Result>();
    try {
      *result = (*task)(parser);
    } catch (const std::exception& error) {  // out of memory, or a bug: say so and go on with nothing
      log->write(Level::error, std::string("a job failed: ") + error.what());
    }
    // Moved, so that this thread holds nothing of `done` any more.
    host->post([done = std::move(done), result = std::move(result)] { (*done)(std::move(*result)); });
  });
}

}  // namespace awaitd::server
