// One of the servers behind the router: awaitd's own session (number 0, always ready once the client is), or another
// one over its lives. Plain data of the strand; the router's parts work on it.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "protocol/json.h"
#include "server/base/host.h"
#include "server/with/capabilities.h"
#include "server/with/link.h"
#include "server/with/pulls.h"

namespace awaitd::server::with {

struct Server {
  enum class State {
    off,       // not started yet, or shut down
    starting,  // asked to initialize
    ready,
    resting,  // it ended, and is started again after a while
    given_up,
  };
  struct Registration {
    std::string method;
    protocol::JsonValue options;
  };

  int number = 0;
  std::string name;
  CommandLine command;
  State state = State::off;
  std::unique_ptr<Link> link;
  std::uint64_t life = 0;  // counts its starts: what comes from an earlier life is ignored
  std::int64_t initialize_id = 0;
  bool introduced = false;  // it has heard `initialized` and knows the open documents
  bool insisted = false;    // it was started again to be offered one encoding only

  protocol::JsonValue capabilities;
  Sync sync;
  std::map<std::string, Registration> registered;  // by the client's id of it
  std::set<std::string> commands;
  std::set<std::string> progress;  // client tokens of what it has begun and not ended
  std::unique_ptr<Pulls> pulls;

  int failures = 0;
  Clock::time_point ready_since{};
  std::deque<std::string> last_words;  // of its standard error

  bool ready() const { return state == State::ready; }
  bool can(const Route& route) const;
  void learn(const protocol::Json& all_capabilities);
  void learn_registration(const std::string& client_id, const std::string& method, const protocol::Json& options);
  void forget();  // everything that one life taught
};

}  // namespace awaitd::server::with
