// Runs one language server session over a connection until its client ends it. Called once, on the main thread, which
// becomes the session's strand.
#pragma once
#include <vector>

#include "server/base/log.h"
#include "server/transport/connect.h"
#include "server/with/command_line.h"

namespace awaitd::server {

struct ServeOptions {
  Endpoint endpoint;
  Level log_level = Level::warning;
  unsigned threads = 0;                 // 0: as many as the hardware has
  std::vector<with::CommandLine> with;  // other servers behind this one
};

// The exit code: 0 after shutdown and exit, else 1.
int serve(const ServeOptions& options);

}  // namespace awaitd::server
