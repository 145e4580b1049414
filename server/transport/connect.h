// How the client reaches us: standard input and output, a TCP port on loopback (we listen), or a pipe or port on which
// the client listens (VS Code's TransportKind.pipe and .socket). Blocks until connected. Owns socket descriptors.
#pragma once
#include <string>

namespace awaitd::server {

struct Endpoint {
  enum class Kind { standard, listen_port, connect_port, connect_pipe };
  Kind kind = Kind::standard;
  unsigned short port = 0;  // listen_port: 0 lets the system choose, and the choice is printed to stderr
  std::string pipe;
};

class Connection {
 public:
  Connection(int in, int out, bool owned) : in_(in), out_(out), owned_(owned) {}
  ~Connection();
  Connection(Connection&& other) noexcept : in_(other.in_), out_(other.out_), owned_(other.owned_) {
    other.owned_ = false;
  }
  Connection& operator=(Connection&&) = delete;
  int in() const { return in_; }
  int out() const { return out_; }
  bool good() const { return in_ >= 0; }

 private:
  int in_, out_;
  bool owned_;
};

// Not good() with `problem` set if there is no connection.
Connection connect(const Endpoint& endpoint, std::string& problem);

}  // namespace awaitd::server
