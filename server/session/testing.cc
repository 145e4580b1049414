// Only with AWAITD_TEST=1 in the environment: awaitd.text, the server's mirror of a document, for tests that compare it
// with a real editor's buffer.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "server/session/session.h"

namespace awaitd::server {

std::vector<std::string> Session::bind_for_tests() {
  const char* wanted = std::getenv("AWAITD_TEST");
  test_commands_ = wanted != nullptr && std::string_view(wanted) == "1";
  return test_commands_ ? std::vector<std::string>{"awaitd.text"} : std::vector<std::string>();
}

void Session::on_test_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply) {
  const protocol::Json& arguments = params.arguments.get();
  if (!test_commands_ || params.command != "awaitd.text") {
    return reply.error(protocol::ErrorCode::InvalidParams, "unknown command " + params.command);
  }
  if (!arguments.is_array() || arguments.empty() || !arguments[0].is_string()) {
    return reply.error(protocol::ErrorCode::InvalidParams, "awaitd.text needs a URI");
  }
  const DocumentPtr document = find(arguments[0].get<std::string>());
  document ? reply.result(document->text.text()) : reply.result(nullptr);
}

}  // namespace awaitd::server
