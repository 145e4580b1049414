// Only with AWAITD_TEST=1 in the environment: awaitd.text, the server's mirror of a document, for tests that compare it
// with a real editor's buffer.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "server/session/session.h"

namespace awaitd::server {

std::vector<std::string> Session::bind_for_tests() {
  const char* wanted = std::getenv("AWAITD_TEST");
  if (!wanted || std::string_view(wanted) != "1") return {};
  dispatcher_.request("workspace/executeCommand", this, &Session::on_test_command);
  return {"awaitd.text"};
}

void Session::on_test_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply) {
  const protocol::Json& arguments = params.arguments.get();
  if (params.command != "awaitd.text" || !arguments.is_array() || arguments.empty() || !arguments[0].is_string()) {
    return reply.error(protocol::ErrorCode::InvalidParams, "awaitd.text needs a URI");
  }
  const DocumentPtr document = find(arguments[0].get<std::string>());
  document ? reply.result(document->text.text()) : reply.result(nullptr);
}

}  // namespace awaitd::server
