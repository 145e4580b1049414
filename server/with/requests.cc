#include "server/with/requests.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/with/origin.h"
#include "server/with/results.h"

namespace awaitd::server::with {

using protocol::Json;
using protocol::RequestId;

namespace {

bool says_something(const std::optional<protocol::ResponseError>& error, const Json& result) {
  return !error && !is_empty(result);
}

}  // namespace

void Requests::use(const protocol::ClientCapabilities& client) { client_ = client; }

const Requests::UnderWay* Requests::find(const RequestId& client_id) const {
  for (const auto& [id, one] : under_way_) {
    if (one.client_id == client_id) return &one;
  }
  return nullptr;
}

std::vector<Requests::Asked> Requests::start(const RequestId& client_id, const std::string& method,
                                             const std::vector<int>& servers,
                                             std::map<std::string, protocol::JsonValue> tokens) {
  UnderWay one;
  one.client_id = client_id;
  one.method = method;
  const Route* route = find_route(method);
  one.gather = route ? route->gather : Gather::first;
  one.tokens = std::move(tokens);
  std::vector<Asked> out;
  for (const int server : servers) {
    out.push_back({server, next_id()});
    one.parts.push_back({out.back(), false, {}, {}});
  }
  under_way_.emplace(out.front().id, std::move(one));
  return out;
}

// Before the time is up everybody is waited for; after it the first one that says something is enough.
bool Requests::enough(const UnderWay& one) const {
  const auto open = std::count_if(one.parts.begin(), one.parts.end(), [](const Part& part) { return !part.answered; });
  if (open == 0) return true;
  if (one.gather == Gather::all) return one.hurried && one.parts.front().answered;
  if (one.gather == Gather::first_filled) {
    for (const Part& part : one.parts) {
      if (!part.answered) break;
      if (says_something(part.error, part.result.get())) return true;
    }
  }
  return one.hurried && std::any_of(one.parts.begin(), one.parts.end(), [](const Part& part) {
           return part.answered && says_something(part.error, part.result.get());
         });
}

protocol::JsonValue Requests::merged(const UnderWay& one) const {
  std::vector<const Json*> results;
  for (const Part& part : one.parts) {
    if (part.good()) results.push_back(&part.result.get());
  }
  if (one.parts.size() > 1 && one.gather == Gather::hover)
    return protocol::JsonValue(merged_hover(results, client_.hover));
  if (one.parts.size() > 1 && one.gather == Gather::list) return protocol::JsonValue(merged_list(results));
  const auto filled = std::find_if(results.begin(), results.end(), [](const Json* r) { return !is_empty(*r); });
  return protocol::JsonValue(filled != results.end() ? **filled : *results.front());
}

Requests::Outcome Requests::finish(std::map<std::int64_t, UnderWay>::iterator found,
                                   const protocol::ResponseError* error) {
  const UnderWay one = std::move(found->second);
  under_way_.erase(found);
  Outcome out;
  out.client_id = one.client_id;
  out.method = one.method;
  for (const Part& part : one.parts) {
    if (!part.answered) out.cancel.push_back(part.asked);
  }
  const bool any_good = std::any_of(one.parts.begin(), one.parts.end(), [](const Part& part) { return part.good(); });
  if (!error && !any_good) error = &*one.parts.front().error;
  if (error) {
    out.answer = protocol::error_text(one.client_id, *error);
    return out;
  }
  out.result = merged(one);
  out.answer = protocol::result_text(one.client_id, protocol::dump_json(out.result));
  return out;
}

std::optional<Requests::Outcome> Requests::look_at(std::map<std::int64_t, UnderWay>::iterator one) {
  if (!enough(one->second)) return std::nullopt;
  return finish(one, nullptr);
}

std::optional<Requests::Outcome> Requests::answered(int server, const protocol::Response& response) {
  const auto* id = std::get_if<std::int64_t>(&response.id.value);
  if (!id) return std::nullopt;
  // Parts of one request have neighbouring ids, the first of which is its key.
  auto found = under_way_.upper_bound(*id);
  if (found == under_way_.begin()) return std::nullopt;
  --found;
  for (Part& part : found->second.parts) {
    if (part.asked.id != *id || part.asked.server != server || part.answered) continue;
    part.answered = true;
    part.result = response.result;
    part.error = response.error;
    const Route* route = find_route(found->second.method);
    const bool marks = route && route->in_result != Mark::none && !part.error;
    // An action's data may only be sent to a client that hands it back.
    const bool fits = found->second.method != "textDocument/codeAction" || client_.code_action.data;
    if (marks && fits) mark_result(part.result.get(), route->in_result, server);
    return look_at(found);
  }
  return std::nullopt;
}

std::optional<Requests::Outcome> Requests::hurry(const RequestId& client_id, std::int64_t first_id) {
  const auto found = under_way_.find(first_id);
  if (found == under_way_.end() || !(found->second.client_id == client_id)) return std::nullopt;
  found->second.hurried = true;
  return look_at(found);
}

std::vector<Requests::Outcome> Requests::server_gone(int server, const std::string& why) {
  std::vector<Outcome> out;
  for (auto next = under_way_.begin(); next != under_way_.end();) {
    const auto one = next++;
    bool concerned = false;
    for (Part& part : one->second.parts) {
      if (part.asked.server != server || part.answered) continue;
      concerned = part.answered = true;
      part.error = protocol::ResponseError{protocol::ErrorCode::RequestFailed, why, {}};
    }
    if (!concerned) continue;
    if (auto outcome = look_at(one)) out.push_back(std::move(*outcome));
  }
  return out;
}

std::optional<Requests::Outcome> Requests::cancel(const RequestId& client_id) {
  for (auto one = under_way_.begin(); one != under_way_.end(); ++one) {
    if (!(one->second.client_id == client_id) || one->second.gather == Gather::all) continue;
    if (one->second.method == "initialize") return std::nullopt;
    const protocol::ResponseError error{
        protocol::ErrorCode::RequestCancelled, one->second.method + " was cancelled", {}};
    return finish(one, &error);
  }
  return std::nullopt;
}

const Json* Requests::client_token(const std::string& given) const {
  for (const auto& [id, one] : under_way_) {
    const auto found = one.tokens.find(given);
    if (found != one.tokens.end()) return &found->second.get();
  }
  return nullptr;
}

}  // namespace awaitd::server::with
