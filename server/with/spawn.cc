#include "server/with/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace awaitd::server::with {

namespace {

// Both ends are closed on exec; dup2() makes the copies that the program gets.
struct Pipe {
  int read = -1, write = -1;
  bool make() {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    read = ends[0];
    write = ends[1];
    return ::fcntl(read, F_SETFD, FD_CLOEXEC) == 0 && ::fcntl(write, F_SETFD, FD_CLOEXEC) == 0;
  }
  static void close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  ~Pipe() {
    close(read);
    close(write);
  }
};

void close_on_exec_from(int first) {
#ifdef CLOSE_RANGE_CLOEXEC
  if (::close_range(static_cast<unsigned>(first), ~0u, CLOSE_RANGE_CLOEXEC) == 0) return;
#endif
  for (int fd = first; fd < 1024; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(char** argv, const Pipe& in, const Pipe& out, const Pipe& err, int report, pid_t parent) {
  ::setpgid(0, 0);
  ::signal(SIGPIPE, SIG_DFL);  // we ignore it, and ignoring is inherited
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // we died before that took effect
#else
  (void)parent;
#endif
  if (::dup2(in.read, STDIN_FILENO) >= 0 && ::dup2(out.write, STDOUT_FILENO) >= 0 &&
      ::dup2(err.write, STDERR_FILENO) >= 0) {
    close_on_exec_from(3);
    ::execvp(argv[0], argv);
  }
  const int why = errno;
  if (::write(report, &why, sizeof why) < 0) ::_exit(126);
  ::_exit(127);
}

int reported(int fd) {
  int why = 0;
  for (;;) {
    const ssize_t count = ::read(fd, &why, sizeof why);
    if (count < 0 && errno == EINTR) continue;
    return count == sizeof why ? why : 0;
  }
}

}  // namespace

Spawned spawn(const std::vector<std::string>& words, std::string& problem) {
  Pipe in, out, err, report;
  if (!in.make() || !out.make() || !err.make() || !report.make()) {
    problem = std::strerror(errno);
    return {};
  }
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t self = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    problem = std::strerror(errno);
    return {};
  }
  // Below 3 only if we were started with a closed standard stream, which nobody does to a server on stdio.
  if (pid == 0) become(argv.data(), in, out, err, report.write, self);
  ::setpgid(pid, pid);  // here, too: whoever comes first
  Pipe::close(report.write);
  if (const int why = reported(report.read); why != 0) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
    problem = std::strerror(why);
    return {};
  }
  Spawned spawned{pid, in.write, out.read, err.read};
  in.write = out.read = err.read = -1;
  return spawned;
}

}  // namespace awaitd::server::with
