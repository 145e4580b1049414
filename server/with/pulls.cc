#include "server/with/pulls.h"

#include <nlohmann/json.hpp>

#include "server/with/capabilities.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

// It changed its mind about the text, and will answer if asked anew.
bool wants_again(const protocol::Response& response) {
  return response.error && (response.error->code == protocol::ErrorCode::ServerCancelled ||
                            response.error->code == protocol::ErrorCode::ContentModified);
}

}  // namespace

void Pulls::start(const Json& options) {
  if (options.is_null()) return;
  active_ = true;
  identifier_ = text_of(member_at(options, "identifier"));
}

void Pulls::stop() {
  active_ = false;
  files_.clear();
}

void Pulls::ask(const std::string& uri, File& file) {
  if (file.asked) {
    file.again = true;
    return;
  }
  Json params = {{"textDocument", {{"uri", uri}}}};
  if (!identifier_.empty()) params["identifier"] = identifier_;
  if (!file.result_id.empty()) params["previousResultId"] = file.result_id;
  file.again = false;
  file.asked_version = file.version;
  file.asked = ask_("textDocument/diagnostic", protocol::dump_json(params));
}

void Pulls::changed(const std::string& uri, std::int32_t version) {
  if (!active_) return;
  File& file = files_[uri];
  file.version = version;
  ask(uri, file);
}

void Pulls::refresh() {
  for (auto& [uri, file] : files_) ask(uri, file);
}

std::optional<std::vector<Pulls::Report>> Pulls::answered(const protocol::Response& response) {
  const auto* id = std::get_if<std::int64_t>(&response.id.value);
  auto found = files_.begin();
  while (found != files_.end() && !(id && found->second.asked == *id)) ++found;
  if (found == files_.end()) return std::nullopt;
  auto& [uri, file] = *found;
  file.asked.reset();
  std::vector<Report> out;
  const Json& result = response.result.get();
  if (text_of(member_at(result, "kind")) == "full") {
    file.result_id = text_of(member_at(result, "resultId"));
    out.push_back({uri, file.asked_version, protocol::JsonValue(member_at(result, "items"))});
  }
  const Json& related = member_at(result, "relatedDocuments");
  if (related.is_object()) {
    for (const auto& [other, report] : related.items()) {
      if (text_of(member_at(report, "kind")) != "full") continue;
      out.push_back({other, std::nullopt, protocol::JsonValue(member_at(report, "items"))});
    }
  }
  // Only for a text that is newer: a server that is never ready must not be asked for ever.
  if (file.again || (wants_again(response) && file.version != file.asked_version)) ask(uri, file);
  return out;
}

}  // namespace awaitd::server::with
