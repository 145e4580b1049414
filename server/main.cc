// awaitd: without a subcommand the language server; the subcommands are one line each in kCommands.
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/version.h"
#include "server/cli/commands.h"
#include "server/cli/spelling.h"
#include "server/session/run.h"

namespace {

using awaitd::server::Endpoint;

struct Command {
  std::string_view name;
  int (*run)(int argc, char** argv);  // argv[0] is the subcommand
};

int serve(int argc, char** argv);

constexpr std::array kCommands = {
    Command{"server", serve},
    Command{"check", awaitd::server::run_check},
    Command{"explain", awaitd::server::run_explain},
    Command{"rules", awaitd::server::run_rules},
};

constexpr const char* kUsage =
    "awaitd: what runs on the event loop of async Python, and what must not\n"
    "\n"
    "usage: awaitd check [PATHS]    check files and folders; `awaitd check --help` has the options\n"
    "       awaitd explain RULE     what a rule finds, why it matters, what to do\n"
    "       awaitd rules            the list of rules\n"
    "       awaitd [server] [--stdio | --port N | --pipe PATH | --socket N] [--log-level LEVEL] [--with COMMAND]\n"
    "       awaitd --version | --help\n"
    "\n"
    "The language server is what an editor starts. It speaks LSP on standard input and output, unless told otherwise:\n"
    "  --port N     listen on 127.0.0.1:N (0: any free port, printed to stderr)\n"
    "  --pipe PATH  connect to a Unix socket on which the client listens\n"
    "  --socket N   connect to 127.0.0.1:N, where the client listens\n"
    "  --with COMMAND  start another server behind this one, for editors that run one server a buffer:\n"
    "               --with \"pyright-langserver --stdio\" (docs/with.md); may be repeated\n"
    "  --log-level  error, warning (default), info or debug; to stderr\n";

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int bad(const std::string& what) {
  std::fprintf(stderr, "awaitd: %s\n%s", what.c_str(), kUsage);
  return 2;
}

// Options come as "--port 80" and "--port=80".
class Arguments {
 public:
  Arguments(int argc, char** argv) : argc_(argc), argv_(argv) {}
  bool next() {
    if (++at_ >= argc_) return false;
    name = argv_[at_];
    const std::size_t equals = name.find('=');
    inlined_ = name.substr(0, 2) == "--" && equals != name.npos;
    if (inlined_) inline_value_ = name.substr(equals + 1);
    if (inlined_) name = name.substr(0, equals);
    return true;
  }
  std::string_view value() {
    if (inlined_) return inline_value_;
    return at_ + 1 < argc_ ? std::string_view(argv_[++at_]) : std::string_view();
  }
  std::string_view name;

 private:
  int argc_;
  char** argv_;
  int at_ = 0;
  bool inlined_ = false;
  std::string_view inline_value_;
};

// "chekc": a word in the place of a subcommand that is nearly one.
std::string unknown(std::string_view word) {
  constexpr std::size_t kNear = 2;  // two letters that changed places
  std::string text = "unknown argument " + std::string(word);
  for (const Command& command : kCommands) {
    if (awaitd::server::distance(word.substr(0, 64), command.name) <= kNear)
      return text + "; did you mean " + std::string(command.name) + "?";
  }
  return text;
}

int serve(int argc, char** argv) {
  awaitd::server::ServeOptions options;
  Arguments arguments(argc, argv);
  while (arguments.next()) {
    const std::string_view name = arguments.name;
    if (name == "--port" || name == "--socket") {
      const auto port = number<unsigned short>(arguments.value());
      if (!port) return bad(std::string(name) + " needs a port number");
      options.endpoint.kind = name == "--port" ? Endpoint::Kind::listen_port : Endpoint::Kind::connect_port;
      options.endpoint.port = *port;
    } else if (name == "--pipe") {
      options.endpoint.kind = Endpoint::Kind::connect_pipe;
      options.endpoint.pipe = arguments.value();
      if (options.endpoint.pipe.empty()) return bad("--pipe needs a path");
    } else if (name == "--with") {
      auto command = awaitd::server::with::read_command_line(arguments.value());
      if (!command) return bad("--with needs a command such as \"pyright-langserver --stdio\"");
      options.with.push_back(std::move(*command));
    } else if (name == "--log-level") {
      const auto level = awaitd::server::level_from(arguments.value());
      if (!level) return bad("--log-level is one of error, warning, info, debug");
      options.log_level = *level;
    } else if (name == "--threads") {
      const auto threads = number<unsigned>(arguments.value());
      if (!threads || *threads == 0 || *threads > 256) return bad("--threads needs a number from 1 to 256");
      options.threads = *threads;
    } else if (name == "--help" || name == "-h") {
      std::fputs(kUsage, stdout);
      return 0;
    } else if (name == "--version" || name == "-V") {
      std::printf("awaitd %s\n", std::string(awaitd::server::version()).c_str());
      return 0;
    } else if (name.substr(0, 2) != "--") {
      return bad(unknown(name));
    }
    // --stdio, --clientProcessId=N and whatever else editors append are not ours to refuse.
  }
  return awaitd::server::serve(options);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Command& command : kCommands) {
    if (argc > 1 && command.name == argv[1]) return command.run(argc - 1, argv + 1);
  }
  return serve(argc, argv);
}
