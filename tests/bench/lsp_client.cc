#include "tests/bench/lsp_client.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

extern char** environ;

namespace awaitd::bench {

namespace {

// Megabytes. Source: proc(5), /proc/pid/statm.
struct Pages {
  double total = 0, resident = 0, shared = 0;
};

Pages pages(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  Pages read;
  in >> read.total >> read.resident >> read.shared;
  const double page = static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
  return {read.total * page, read.resident * page, read.shared * page};
}

constexpr int kPatience = 60'000;  // ms; a server that says nothing for so long has failed

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace

double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

LspClient::LspClient(const std::vector<std::string>& command) {
  ::signal(SIGPIPE, SIG_IGN);
  int to[2], from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) die("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  started_ = now_us();
  if (::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
    die("cannot run " + command[0]);
  }
  posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  out_ = to[1];
  in_ = from[0];
}

LspClient::~LspClient() {
  ::close(out_);
  ::close(in_);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

double LspClient::send(std::string_view body) {
  frame_ = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  frame_ += body;
  const double start = now_us();
  for (std::size_t done = 0; done < frame_.size();) {
    const ssize_t wrote = ::write(out_, frame_.data() + done, frame_.size() - done);
    if (wrote < 0 && errno != EINTR) die("the server closed its input");
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return start;
}

Received LspClient::receive() {
  for (;;) {
    const std::string_view waiting = std::string_view(buffer_).substr(taken_);
    const std::size_t end = waiting.find("\r\n\r\n");
    if (end != waiting.npos) {
      const std::size_t length = waiting.find("Content-Length: ");
      std::size_t size = 0;
      std::from_chars(waiting.data() + length + 16, waiting.data() + end, size);
      if (waiting.size() >= end + 4 + size) {
        Received out{std::string(waiting.substr(end + 4, size)), now_us()};
        taken_ += end + 4 + size;
        if (taken_ == buffer_.size()) {
          buffer_.clear();
          taken_ = 0;
        }
        return out;
      }
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + (1 << 16));
    ssize_t got = -1;
    while ((got = ::read(in_, buffer_.data() + before, 1 << 16)) < 0 && errno == EINTR) {
    }
    if (got <= 0) die("the server ended");
    buffer_.resize(before + static_cast<std::size_t>(got));
  }
}

Received LspClient::receive_with(std::string_view wanted) {
  pollfd in{in_, POLLIN, 0};
  if (buffer_.size() == taken_ && ::poll(&in, 1, kPatience) == 0) die("no answer with " + std::string(wanted));
  for (;;) {
    Received message = receive();
    if (message.body.find(wanted) != std::string::npos) return message;
  }
}

int LspClient::end() {
  send(R"({"jsonrpc":"2.0","id":"end","method":"shutdown"})");
  receive_with(R"("id":"end")");
  send(R"({"jsonrpc":"2.0","method":"exit"})");
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

double LspClient::cpu_us() const {
  const std::string folder = "/proc/" + std::to_string(pid_) + "/task";
  double sum = 0;
  if (DIR* tasks = ::opendir(folder.c_str())) {
    while (const dirent* task = ::readdir(tasks)) {
      if (task->d_name[0] == '.') continue;
      std::ifstream in(folder + "/" + task->d_name + "/schedstat");  // nanoseconds on a CPU, nanoseconds waiting
      double on_cpu = 0;
      in >> on_cpu;
      sum += on_cpu / 1e3;
    }
    ::closedir(tasks);
  }
  return sum;
}

double LspClient::resident_mb() const { return pages(pid_).resident; }
double LspClient::private_mb() const { return pages(pid_).resident - pages(pid_).shared; }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace awaitd::bench
