// Descriptors: slow readers, cut messages, ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "server/transport/fd_input.h"
#include "server/transport/fd_output.h"

namespace awaitd::server {
namespace {

struct Ends {
  int read = -1, write = -1;
  explicit Ends(bool socket) {
    int fds[2];
    EXPECT_EQ(socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) : ::pipe(fds), 0);
    read = fds[0];
    write = fds[1];
  }
  void close_read() {
    ::close(read);
    read = -1;
  }
  void close_write() {
    ::close(write);
    write = -1;
  }
  ~Ends() {
    ::close(read);
    ::close(write);
  }
};

struct Transport : testing::TestWithParam<bool> {  // a socket, not a pipe
  Transport() { ::signal(SIGPIPE, SIG_IGN); }
  Ends ends{GetParam()};
};

TEST_P(Transport, ASlowReaderHoldsNobodyUp) {
  FdOutput output(ends.write, [] {});
  std::string sent;
  for (int i = 0; i < 200; ++i) {
    const std::string message(20000, static_cast<char>('a' + i % 26));
    output.send(message);  // 4 MB, and nobody reads: returns all the same
    sent += message;
  }
  std::string got(sent.size(), ' ');
  for (std::size_t at = 0; at < got.size();) {
    const ssize_t count = ::read(ends.read, got.data() + at, got.size() - at);
    ASSERT_GT(count, 0);
    at += static_cast<std::size_t>(count);
  }
  EXPECT_EQ(got, sent);
  output.drain(std::chrono::seconds(20));
  EXPECT_EQ(::fcntl(ends.write, F_GETFL) & O_NONBLOCK, 0);
}

TEST_P(Transport, AReaderThatIsGoneIsReportedOnce) {
  std::promise<void> broken;  // set twice, it would throw
  FdOutput output(ends.write, [&] { broken.set_value(); });
  ends.close_read();
  for (int i = 0; i < 5; ++i) output.send(std::string(100000, 'x'));
  broken.get_future().wait();
  output.send("more");
  output.drain(std::chrono::seconds(20));
}

TEST_P(Transport, AWriterThatNobodyReadsCanBeEnded) {
  FdOutput output(ends.write, [] {});
  output.send(std::string(4000000, 'x'));
  output.drain(std::chrono::milliseconds(1));
}  // the destructor does not hang

struct Collected {
  std::vector<std::string> events;
  std::promise<void> end;
  FdInput::Callbacks callbacks() {
    return {[this](const protocol::Message& message) {
              const auto* notification = std::get_if<protocol::Notification>(&message);
              events.push_back(notification ? notification->method : "malformed");
            },
            [this](const std::string&) { events.push_back("problem"); }, [this] { end.set_value(); }};
  }
};

std::string framed(const std::string& method) {
  return protocol::frame("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"}");
}

void write_all(int fd, const std::string& bytes) {
  ASSERT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

TEST_P(Transport, MessagesInPiecesAndInOnePiece) {
  Collected got;
  FdInput input(ends.read, got.callbacks());
  const std::string bytes = framed("one") + framed("two");
  for (const char byte : bytes) write_all(ends.write, std::string(1, byte));
  write_all(ends.write, bytes);
  ends.close_write();
  got.end.get_future().wait();
  EXPECT_EQ(got.events, (std::vector<std::string>{"one", "two", "one", "two"}));
}

TEST_P(Transport, GarbageAndHalfMessages) {
  Collected got;
  FdInput input(ends.read, got.callbacks());
  write_all(ends.write, "GET / HTTP/1.1\r\n\r\n" + framed("one") + "Content-Length: 5\r\n\r\n{\"a\":" + framed("two") +
                            framed("three").substr(0, 30));
  ends.close_write();
  got.end.get_future().wait();
  EXPECT_EQ(std::count(got.events.begin(), got.events.end(), "one"), 1);
  EXPECT_EQ(std::count(got.events.begin(), got.events.end(), "two"), 1);
  EXPECT_EQ(std::count(got.events.begin(), got.events.end(), "three"), 0);
  EXPECT_EQ(got.events.back(), "problem");
}

TEST_P(Transport, AReaderThatWaitsCanBeEnded) {
  Collected got;
  {
    FdInput input(ends.read, got.callbacks());
  }
  EXPECT_TRUE(got.events.empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Transport, testing::Bool());

}  // namespace
}  // namespace awaitd::server
