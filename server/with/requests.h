// The client's requests under way: who was asked under which id, what has been answered, and when that is enough. Pure
// bookkeeping: nothing is sent from here. Belongs to the strand.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/client_capabilities.h"
#include "protocol/message.h"
#include "server/with/routes.h"

namespace awaitd::server::with {

class Requests {
 public:
  struct Asked {
    int server = 0;
    std::int64_t id = 0;  // as that server knows it
  };
  // What to do once a request is over: one answer to the client, and whom to tell that nobody waits any more.
  struct Outcome {
    protocol::RequestId client_id;
    std::string answer;
    std::string method;
    std::vector<Asked> cancel;
    protocol::JsonValue result;  // of the answer; null if it is an error
  };

  void use(const protocol::ClientCapabilities& client);
  std::int64_t next_id() { return ++last_id_; }  // unique among all servers

  bool running(const protocol::RequestId& client_id) const { return find(client_id) != nullptr; }
  // In the order of the servers. `tokens` are the client's progress tokens, by those that the server was given.
  std::vector<Asked> start(const protocol::RequestId& client_id, const std::string& method,
                           const std::vector<int>& servers, std::map<std::string, protocol::JsonValue> tokens = {});
  // Nothing: there are others to wait for, or nobody waits for this one.
  std::optional<Outcome> answered(int server, const protocol::Response& response);
  // The client has waited long enough: what is there is the answer, if it says anything.
  std::optional<Outcome> hurry(const protocol::RequestId& client_id, std::int64_t first_id);
  // A server is gone: `why` is the error for those that only it could answer.
  std::vector<Outcome> server_gone(int server, const std::string& why);
  std::optional<Outcome> cancel(const protocol::RequestId& client_id);
  // The client's token for one that a server was given; null if it is none.
  const protocol::Json* client_token(const std::string& given) const;

 private:
  struct Part {
    Asked asked;
    bool answered = false;
    protocol::JsonValue result;
    std::optional<protocol::ResponseError> error;
    bool good() const { return answered && !error; }
  };
  struct UnderWay {
    protocol::RequestId client_id;
    std::string method;
    Gather gather = Gather::first;
    bool hurried = false;
    std::vector<Part> parts;
    std::map<std::string, protocol::JsonValue> tokens;
  };
  const UnderWay* find(const protocol::RequestId& client_id) const;
  bool enough(const UnderWay& one) const;
  protocol::JsonValue merged(const UnderWay& one) const;
  std::optional<Outcome> look_at(std::map<std::int64_t, UnderWay>::iterator one);
  Outcome finish(std::map<std::int64_t, UnderWay>::iterator one, const protocol::ResponseError* error);

  protocol::ClientCapabilities client_;
  std::map<std::int64_t, UnderWay> under_way_;  // by the id of its first part
  std::int64_t last_id_ = 0;
};

}  // namespace awaitd::server::with
