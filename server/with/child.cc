#include "server/with/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "protocol/framing.h"
#include "server/transport/fd_input.h"
#include "server/transport/fd_output.h"
#include "server/with/line_reader.h"
#include "server/with/spawn.h"

namespace awaitd::server::with {

namespace {

constexpr std::chrono::milliseconds kLastOutput{500};  // between the end of its output and its own, either way round
constexpr std::chrono::milliseconds kLastInput{100};   // for what it has not read yet

std::string describe(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return "exited with code " + std::to_string(info.si_status);
  return "was killed by signal " + std::to_string(info.si_status) + " (" + ::strsignal(info.si_status) + ")";
}

class Child final : public Link {
 public:
  Child(const Spawned& spawned, Events events)
      : spawned_(spawned),
        events_(std::move(events)),
        output_(std::make_unique<FdOutput>(spawned.input, [] {})),  // its end is told by the others
        input_(
            std::in_place, spawned.output,
            FdInput::Callbacks{
                .on_message = events_.on_message, .on_problem = events_.on_line, .on_end = [this] { output_ended(); }}),
        lines_(std::in_place, spawned.error, events_.on_line),
        waiter_([this] { wait_for_end(); }) {}

  ~Child() override {
    hang_up();
    {
      std::unique_lock lock(mutex_);
      if (!exited_) changed_.wait_for(lock, kGrace, [&] { return exited_; });
      destroyed_ = true;
    }
    changed_.notify_all();
    // Its children may be alive where it is not: npx and shells start others.
    kill_group(SIGTERM);
    {
      std::unique_lock lock(mutex_);
      if (!exited_) changed_.wait_for(lock, kGrace / 2, [&] { return exited_; });
    }
    kill_group(SIGKILL);
    waiter_.join();
    input_.reset();
    lines_.reset();
    ::close(spawned_.output);
    ::close(spawned_.error);
    while (::waitpid(spawned_.pid, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  void send(std::string_view body) override {
    if (output_) output_->send(protocol::frame(body));
  }

  std::size_t waiting() const override { return output_ ? output_->waiting() : 0; }

  void hang_up() override {
    if (!output_) return;
    output_->drain(kLastInput);
    output_.reset();
    ::close(spawned_.input);
  }

 private:
  // Until the destructor has reaped it, its number cannot be another process's.
  void kill_group(int signal) const { ::kill(-spawned_.pid, signal); }

  void wait_for_end() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(spawned_.pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) continue;
    std::unique_lock lock(mutex_);
    exited_ = true;
    changed_.notify_all();
    // What it wrote last is read first; a child of its own may hold the pipe, though.
    changed_.wait_for(lock, kLastOutput, [&] { return output_ended_ || destroyed_; });
    if (destroyed_) return;
    lock.unlock();
    events_.on_end(describe(info));
  }

  void output_ended() {
    std::unique_lock lock(mutex_);
    output_ended_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, kLastOutput, [&] { return exited_ || destroyed_; });
    if (exited_ || destroyed_) return;
    lock.unlock();
    events_.on_end("closed its output");
  }

  const Spawned spawned_;
  const Events events_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool exited_ = false;        // guarded
  bool output_ended_ = false;  // guarded
  bool destroyed_ = false;     // guarded: no event any more
  std::unique_ptr<FdOutput> output_;
  std::optional<FdInput> input_;
  std::optional<LineReader> lines_;
  std::thread waiter_;
};

}  // namespace

std::unique_ptr<Link> start_child(const CommandLine& command, Link::Events events, std::string& problem) {
  const Spawned spawned = spawn(command.words, problem);
  if (spawned.pid < 0) return nullptr;
  return std::make_unique<Child>(spawned, std::move(events));
}

}  // namespace awaitd::server::with
