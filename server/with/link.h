// The way to another server: a child process (child.h), or in tests something that plays one. Events come on any
// thread; send() and hang_up() belong to the strand and never block. Destroying a link ends what is behind it, waiting
// a bounded time for it; after that no event comes any more.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/message.h"
#include "server/with/command_line.h"

namespace awaitd::server::with {

class Link {
 public:
  struct Events {
    std::function<void(protocol::Message)> on_message;
    std::function<void(std::string)> on_line;  // of its standard error, or what was wrong with a message
    std::function<void(std::string)> on_end;   // "exited with code 1"; may come more than once
  };
  virtual ~Link() = default;
  virtual void send(std::string_view body) = 0;  // one JSON message, unframed
  virtual std::size_t waiting() const = 0;       // bytes that it has not taken yet
  virtual void hang_up() = 0;                    // it gets what was sent, then the end of its input
};

// Null with `problem` set ("No such file or directory") if it cannot be started.
using StartLink = std::function<std::unique_ptr<Link>(const CommandLine&, Link::Events, std::string& problem)>;

}  // namespace awaitd::server::with
