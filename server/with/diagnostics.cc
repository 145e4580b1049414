#include "server/with/diagnostics.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/json_reader.h"
#include "protocol/uri.h"
#include "server/with/capabilities.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

// False if its text is gone.
bool move(Json& diagnostic, const std::vector<Shift>& shifts) {
  const auto before = protocol::read_json<protocol::Range>(member_at(diagnostic, "range"));
  if (!before) return false;
  protocol::Range range = *before;
  for (const Shift& shift : shifts) {
    const auto after = shifted(range, shift);
    if (!after) return false;
    range = *after;
  }
  if (range == *before) return true;
  const auto position = [](protocol::Position p) { return Json{{"line", p.line}, {"character", p.character}}; };
  diagnostic["range"] = {{"start", position(range.start)}, {"end", position(range.end)}};
  return true;
}

void move_all(Json& list, const std::vector<Shift>& shifts) {
  if (shifts.empty() || !list.is_array()) return;
  const auto gone = [&](Json& diagnostic) { return !move(diagnostic, shifts); };
  list.erase(std::remove_if(list.begin(), list.end(), gone), list.end());
}

bool same(const Json& a, const Json& b) {
  return member_at(a, "message") == member_at(b, "message") &&
         (member_at(a, "code") == member_at(b, "code") || member_at(b, "code").is_null());
}

}  // namespace

// Servers spell URIs in their own ways, also after the document was closed.
std::string Diagnostics::known_as(const std::string& uri) const {
  if (const Mirror::Document* open = mirror_->find_any_spelling(uri)) return open->uri;
  const auto path = protocol::uri_to_path(uri);
  if (!path || files_.contains(uri)) return uri;
  for (const auto& [known, file] : files_) {
    if (protocol::uri_to_path(known) == path) return known;
  }
  return uri;
}

std::optional<std::string> Diagnostics::take(int server, const Json& params, const std::string& source) {
  const Json& uri = member_at(params, "uri");
  const Json& list = member_at(params, "diagnostics");
  if (!uri.is_string() || !list.is_array()) return std::nullopt;
  std::string known = known_as(uri.get<std::string>());
  const Mirror::Document* open = mirror_->find(known);
  const Json& version = member_at(params, "version");
  Json diagnostics = list;
  if (open && version.is_number_integer()) {
    const auto shifts = Mirror::since(*open, version.get<std::int32_t>());
    if (!shifts) return std::nullopt;
    move_all(diagnostics, *shifts);
  }
  for (Json& diagnostic : diagnostics) {
    if (diagnostic.is_object() && !member_at(diagnostic, "source").is_string()) diagnostic["source"] = source;
  }
  files_[known].by_server[server] = protocol::JsonValue(std::move(diagnostics));
  return known;
}

void Diagnostics::edited(const std::string& uri, const std::vector<Shift>& shifts) {
  const auto found = files_.find(uri);
  if (found == files_.end()) return;
  for (auto& [server, list] : found->second.by_server) move_all(list.get(), shifts);
}

std::vector<std::string> Diagnostics::drop(int server) {
  std::vector<std::string> out;
  for (auto& [uri, file] : files_) {
    const auto found = file.by_server.find(server);
    if (found == file.by_server.end()) continue;
    const bool told = !found->second.get().empty();
    file.by_server.erase(found);
    if (told) out.push_back(uri);
  }
  return out;
}

std::optional<int> Diagnostics::owner(const std::string& uri, const Json& diagnostic) const {
  const auto file = files_.find(uri);
  if (file == files_.end()) return std::nullopt;
  for (const auto& [server, list] : file->second.by_server) {
    for (const Json& one : list.get()) {
      if (same(one, diagnostic)) return server;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Diagnostics::to_publish(const std::string& uri, bool with_version) {
  const auto file = files_.find(uri);
  if (file == files_.end()) return std::nullopt;
  const Mirror::Document* open = mirror_->find(uri);
  std::string text;
  protocol::JsonWriter writer(text);
  writer.begin_object();
  writer.field("uri", uri);
  if (with_version && open) writer.field("version", open->version);
  writer.key("diagnostics");
  writer.begin_array();
  for (const auto& [server, list] : file->second.by_server) {
    for (const Json& diagnostic : list.get()) writer.raw(protocol::dump_json(diagnostic));
  }
  writer.end_array();
  writer.end_object();
  // The same for a newer version is told again: an editor may have dropped a mark with the text under it.
  const std::int32_t version = open ? open->version : 0;
  if (text == file->second.published && version == file->second.published_version) return std::nullopt;
  file->second.published = text;
  file->second.published_version = version;
  // A file that nobody has open and nobody speaks of is forgotten.
  bool empty = open == nullptr;
  for (const auto& [server, list] : file->second.by_server) empty = empty && list.get().empty();
  if (empty) files_.erase(file);
  return text;
}

}  // namespace awaitd::server::with
