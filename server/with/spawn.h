// Starts a program with three pipes to it. The program leads a process group of its own, has default signal handling,
// inherits no other descriptor of ours, and (on Linux) is ended by the kernel when we die.
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace awaitd::server::with {

struct Spawned {
  pid_t pid = -1;
  int input = -1, output = -1, error = -1;  // our ends; the caller closes them
};

// pid < 0 with `problem` set if it cannot be started. Call it on the main thread: Linux counts the thread as the
// parent.
Spawned spawn(const std::vector<std::string>& words, std::string& problem);

}  // namespace awaitd::server::with
