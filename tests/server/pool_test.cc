#include "server/schedule/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "server/schedule/run_then.h"
#include "test_host.h"

namespace awaitd::server {
namespace {

// Holds a pool thread until told.
struct Gate {
  std::promise<void> entered, leave;
  Executor::Job job() {
    return [this](analysis::Parser&) {
      entered.set_value();
      leave.get_future().wait();
    };
  }
};

TEST(Pool, UrgentJobsGoFirst) {
  Pool pool(1);
  Gate gate;
  pool.submit(Priority::analysis, gate.job());
  gate.entered.get_future().wait();
  std::string order;  // only ever touched by the one thread, and read after stop
  std::promise<void> last;
  pool.submit(Priority::background, [&](analysis::Parser&) { order += 'b', last.set_value(); });
  pool.submit(Priority::analysis, [&](analysis::Parser&) { order += '1'; });
  pool.submit(Priority::analysis, [&](analysis::Parser&) { order += '2'; });
  pool.submit(Priority::request, [&](analysis::Parser&) { order += 'r'; });
  gate.leave.set_value();
  last.get_future().wait();
  EXPECT_EQ(order, "r12b");
}

TEST(Pool, BackgroundJobsLeaveAThreadFree) {
  Pool pool(2);
  Gate first;
  std::atomic<bool> second_ran = false;
  pool.submit(Priority::background, first.job());
  first.entered.get_future().wait();
  std::promise<void> done;
  pool.submit(Priority::background, [&](analysis::Parser&) {
    second_ran = true;
    done.set_value();
  });
  std::promise<void> analysed;
  pool.submit(Priority::analysis, [&](analysis::Parser&) { analysed.set_value(); });
  analysed.get_future().wait();
  EXPECT_FALSE(second_ran);  // the free thread did the analysis and left the background job alone
  first.leave.set_value();
  done.get_future().wait();
}

TEST(Pool, StopDropsWhatIsQueued) {
  bool ran = false;
  {
    Pool pool(1);
    Gate gate;
    pool.submit(Priority::analysis, gate.job());
    gate.entered.get_future().wait();
    pool.submit(Priority::analysis, [&](analysis::Parser&) { ran = true; });
    std::thread stopper([&] { pool.stop(); });
    // After stop() has begun nothing new is taken; the running job is waited for.
    gate.leave.set_value();
    stopper.join();
    pool.submit(Priority::analysis, [&](analysis::Parser&) { ran = true; });
  }
  SUCCEED() << "the queued job may or may not have begun before stop(): " << ran;
}

TEST(Pool, ResultsArriveOnTheStrandAndNothingOfThemDiesElsewhere) {
  struct Marker {
    std::thread::id* died;
    explicit Marker(std::thread::id* where) : died(where) {}
    Marker(Marker&& other) noexcept : died(std::exchange(other.died, nullptr)) {}
    ~Marker() {
      if (died) *died = std::this_thread::get_id();
    }
  };
  TestHost host;
  Log log(Level::error, [](Level, std::string_view) {});
  std::thread::id died;
  int result = -1;
  {
    Pool pool(2);
    auto marker = std::make_shared<Marker>(&died);
    run_then(
        Workers{&pool, &host, &log}, Priority::request, [](analysis::Parser&) { return 42; },
        [marker = std::move(marker), &result](int value) { result = value; });
    ASSERT_TRUE(host.run_one(std::chrono::seconds(20)));
  }
  EXPECT_EQ(result, 42);
  EXPECT_EQ(died, std::this_thread::get_id());
}

}  // namespace
}  // namespace awaitd::server
