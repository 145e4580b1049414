#include "server/transport/connect.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdio>

namespace awaitd::server {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;

namespace {

// The descriptor, taken out of Asio in blocking mode: from here on it is read and written like any other.
template <class Socket>
Connection released(Socket& socket, boost::system::error_code& error) {
  socket.non_blocking(false, error);
  if (!error) socket.native_non_blocking(false, error);
  const int fd = error ? -1 : socket.release(error);
  return error ? Connection(-1, -1, false) : Connection(fd, fd, true);
}

Connection accept_one(asio::io_context& io, unsigned short port, boost::system::error_code& error) {
  const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  tcp::acceptor acceptor(io);
  tcp::socket socket(io);
  acceptor.open(here.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(here, error);
  if (!error) acceptor.listen(1, error);
  if (error) return {-1, -1, false};
  std::fprintf(stderr, "awaitd: listening on 127.0.0.1:%u\n", acceptor.local_endpoint(error).port());
  acceptor.accept(socket, error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  return error ? Connection(-1, -1, false) : released(socket, error);
}

template <class Socket, class Where>
Connection reach(Socket socket, const Where& where, boost::system::error_code& error) {
  socket.connect(where, error);
  return error ? Connection(-1, -1, false) : released(socket, error);
}

}  // namespace

Connection::~Connection() {
  if (owned_) ::close(in_);
}

Connection connect(const Endpoint& endpoint, std::string& problem) {
  if (endpoint.kind == Endpoint::Kind::standard) return {STDIN_FILENO, STDOUT_FILENO, false};
  asio::io_context io;
  boost::system::error_code error;
  Connection connection(-1, -1, false);
  if (endpoint.kind == Endpoint::Kind::listen_port) {
    Connection got = accept_one(io, endpoint.port, error);
    if (!error) return got;
  } else if (endpoint.kind == Endpoint::Kind::connect_port) {
    Connection got = reach(tcp::socket(io), tcp::endpoint(asio::ip::address_v4::loopback(), endpoint.port), error);
    if (!error) return got;
  } else if (endpoint.pipe.size() > 107) {  // sockaddr_un; Asio would throw
    problem = "the path of the pipe is too long: " + endpoint.pipe;
    return connection;
  } else {
    Connection got = reach(local::socket(io), local::endpoint(endpoint.pipe), error);
    if (!error) return got;
  }
  problem = error.message();
  return connection;
}

}  // namespace awaitd::server
