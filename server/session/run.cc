#include "server/session/run.h"

#include <signal.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>

#include "protocol/framing.h"
#include "server/schedule/pool.h"
#include "server/session/session.h"
#include "server/transport/fd_input.h"
#include "server/transport/fd_output.h"
#include "server/with/child.h"
#include "server/with/router.h"

namespace awaitd::server {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kLastWords{2000};  // for what is still to be written at the end

class AsioHost final : public Host {
 public:
  AsioHost(asio::io_context& io, int out)
      : io_(io), work_(asio::make_work_guard(io)), output_(out, [this] { post(on_output_broken); }) {}
  std::function<void()> on_output_broken;  // set before anything is sent
  std::function<bool()> more_input;        // whether messages wait that nobody has posted yet; set before any is

  void post(std::function<void()> task) override {
    ++posted_;
    asio::post(io_, [this, task = std::move(task)] {
      const std::lock_guard lock(strand_);
      --posted_;
      task();
    });
  }
  template <typename Task>
  void run(Task&& task) {
    const std::lock_guard lock(strand_);
    task();
  }
  // Runs it at once, on this thread, if nothing is under way or waits: a keystroke then wakes no other thread.
  void post_or_run(std::function<void()> task) {
    if (posted_ == 0) {
      const std::unique_lock lock(strand_, std::try_to_lock);
      if (lock && finished_) return;  // the end has been: the thread of io_ clears up
      if (lock && posted_ == 0) return task();
    }
    post(std::move(task));
  }
  bool idle() const override { return posted_ == 0 && !more_input(); }
  void after(std::chrono::milliseconds delay, std::function<void()> task) override {
    const auto timer = std::make_shared<asio::steady_timer>(io_, delay);
    timer->async_wait([this, timer, task = std::move(task)](const boost::system::error_code& error) {
      const std::lock_guard lock(strand_);
      if (!error) task();
    });
  }
  Clock::time_point now() const override { return Clock::now(); }
  void send(std::string message) override { output_.send(protocol::frame(message)); }
  void finish(int exit_code) override {
    if (finished_) return;
    finished_ = true;
    exit_code_ = exit_code;
    output_.drain(kLastWords);
    io_.stop();
  }
  int exit_code() const { return exit_code_; }

 private:
  // The strand: whoever holds it runs, the thread of io_ or the one that reads.
  std::mutex strand_;
  asio::io_context& io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::atomic<int> posted_{0};  // and not begun
  bool finished_ = false;
  int exit_code_ = 1;
  FdOutput output_;
};

}  // namespace

int serve(const ServeOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);  // a client that is gone shows as a write error
  Log log(options.log_level);
  std::string problem;
  const Connection connection = connect(options.endpoint, problem);
  if (!connection.good()) {
    log.write(Level::error, "no connection: " + problem);
    return 1;
  }
  asio::io_context io;
  AsioHost host(io, connection.out());
  Pool pool(options.threads > 0 ? options.threads : Pool::default_threads());
  std::optional<with::Router> router;  // between the client and the session, if there are other servers
  if (!options.with.empty()) router.emplace(host, log, options.with, with::start_child);
  Session session(router ? static_cast<Host&>(*router) : host, pool, log);
  if (router) router->attach([&session](protocol::Message message) { session.receive(std::move(message)); });
  const auto receive = [&](protocol::Message message) {
    router ? router->receive(std::move(message)) : session.receive(std::move(message));
  };
  host.on_output_broken = [&session] { session.input_ended(); };
  FdInput::Callbacks callbacks;
  callbacks.on_message = [&](protocol::Message message) {
    // std::function wants to copy what it holds.
    const auto shared = std::make_shared<protocol::Message>(std::move(message));
    host.post_or_run([&receive, shared] { receive(std::move(*shared)); });
  };
  callbacks.on_problem = [&](const std::string& line) {
    host.post([&session, line] { session.say(Level::warning, line); });
  };
  callbacks.on_end = [&] { host.post([&session] { session.input_ended(); }); };
  std::optional<FdInput> input;
  host.run([&] {  // nothing that it reads is handled before it is known to the host
    input.emplace(connection.in(), std::move(callbacks));
    host.more_input = [&input] { return input->more(); };
  });
  // The tables are ready when the first document comes.
  pool.submit(Priority::background, [](analysis::Parser&) { analysis::Knowledge::builtin(); });
  io.run();
  pool.stop();
  return host.exit_code();
}

}  // namespace awaitd::server
