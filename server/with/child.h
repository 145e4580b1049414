// Another server as a child process that speaks LSP over its standard input and output. It dies with us (Linux), gets
// none of our descriptors, and is always waited for: no zombies. Destroying it closes its input, gives it kGrace to
// leave, then kills its process group.
#pragma once
#include <chrono>
#include <memory>

#include "server/with/link.h"

namespace awaitd::server::with {

inline constexpr std::chrono::milliseconds kGrace{1000};

std::unique_ptr<Link> start_child(const CommandLine& command, Link::Events events, std::string& problem);

}  // namespace awaitd::server::with
