#include "server/with/origin.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace awaitd::server::with {

using protocol::Json;

namespace {

constexpr const char* kServer = "awaitd.server";
constexpr std::string_view kPrefix = "awaitd/";

// The item inside an element of a result, where it is not the element itself.
Json* inside(Json& element, const char* member) {
  if (!element.is_object()) return nullptr;
  const auto found = element.find(member);
  return found == element.end() ? nullptr : &*found;
}

}  // namespace

void mark(Json& item, int server) {
  if (!item.is_object()) return;
  const auto command = item.find("command");
  if (command != item.end() && command->is_string()) return;  // a Command has no data
  Json marked = {{kServer, server}};
  const auto data = item.find("data");
  if (data != item.end()) marked["data"] = std::move(*data);
  item["data"] = std::move(marked);
}

std::optional<int> unmark(Json& item) {
  if (!item.is_object()) return std::nullopt;
  const auto found = item.find("data");
  if (found == item.end() || !found->is_object()) return std::nullopt;
  const auto server = found->find(kServer);
  if (server == found->end() || !server->is_number_integer()) return std::nullopt;
  const int out = server->get<int>();
  const auto data = found->find("data");
  if (data == found->end()) {
    item.erase("data");
  } else {
    Json original = std::move(*data);  // before its home is overwritten
    item["data"] = std::move(original);
  }
  return out;
}

void mark_result(Json& result, Mark where, int server) {
  if (where == Mark::none) return;
  if (where == Mark::self) return mark(result, server);
  if (!result.is_array()) return;
  for (Json& element : result) {
    if (where == Mark::element) {
      mark(element, server);
    } else if (Json* item = inside(element, where == Mark::element_from ? "from" : "to")) {
      mark(*item, server);
    }
  }
}

std::optional<int> unmark_params(Json& params, Mark where) {
  if (where == Mark::self) return unmark(params);
  Json* item = where == Mark::item ? inside(params, "item") : nullptr;
  return item ? unmark(*item) : std::nullopt;
}

// awaitd/1/7 stands for server 1's 7, awaitd/1/"7" for its "7".
std::string client_token(int server, const Json& token) {
  return std::string(kPrefix) + std::to_string(server) + "/" + protocol::dump_json(token);
}

std::optional<std::pair<int, protocol::JsonValue>> server_token(const Json& token) {
  if (!token.is_string()) return std::nullopt;
  std::string_view text = token.get_ref<const std::string&>();
  if (text.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  int server = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), server);
  if (error != std::errc() || end == text.data() + text.size() || *end != '/') return std::nullopt;
  auto original = protocol::parse_json(text.substr(static_cast<std::size_t>(end - text.data()) + 1));
  if (!original) return std::nullopt;
  return std::pair(server, std::move(*original));
}

std::string client_registration_id(int server, const std::string& id) {
  return server == 0 ? id : std::string(kPrefix) + std::to_string(server) + "/" + id;
}

}  // namespace awaitd::server::with
