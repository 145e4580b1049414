// Reads lines from a pipe on a thread of its own and hands each, without its line end, to on_line on that thread. Long
// lines are cut. Stops at the end of the pipe or when destroyed; does not close the descriptor.
#pragma once
#include <functional>
#include <string>
#include <thread>

#include "server/transport/wake.h"

namespace awaitd::server::with {

class LineReader {
 public:
  LineReader(int fd, std::function<void(std::string)> on_line);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

 private:
  void run();
  void take(std::string_view bytes);
  void flush();

  const int fd_;
  std::function<void(std::string)> on_line_;
  std::string line_;
  Wake wake_;
  std::thread thread_;
};

}  // namespace awaitd::server::with
