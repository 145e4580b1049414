// A language server as a process and one raw connection to it, for measuring: no threads, blocking reads, and a message
// is JSON text. Times are steady-clock microseconds taken around write(2) and read(2). Dies with a message on stderr
// when the server ends or stays silent; not for tests. Single-threaded.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::bench {

double now_us();

struct Received {
  std::string body;
  double at = 0;  // when its last byte was there
};

class LspClient {
 public:
  // Starts the server, with its stderr going to /dev/null.
  explicit LspClient(const std::vector<std::string>& command);
  ~LspClient();  // kills it if it still runs
  LspClient(const LspClient&) = delete;
  LspClient& operator=(const LspClient&) = delete;

  double started_at() const { return started_; }
  // Returns the time before the first byte was written.
  double send(std::string_view body);
  Received receive();
  // Skips messages up to the first in which `wanted` occurs.
  Received receive_with(std::string_view wanted);
  // shutdown and exit; the exit code.
  int end();

  // Of the server's process: CPU time of all its threads, and its memory.
  double cpu_us() const;
  double resident_mb() const;
  double private_mb() const;  // what of it is not a page of some file: not the program itself

 private:
  pid_t pid_ = -1;
  int in_ = -1, out_ = -1;
  double started_ = 0;
  std::string buffer_;
  std::size_t taken_ = 0;
  std::string frame_;
};

// JSON text of a string.
std::string quoted(std::string_view text);

}  // namespace awaitd::bench
