#include "protocol/dispatcher.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace awaitd::protocol {

namespace detail {
struct Channel {
  std::function<void(std::string)> send;
  std::function<void(std::string)> log;
  std::map<RequestId, CancelFlag> pending;
};
}  // namespace detail

namespace {

bool is_optional_method(std::string_view method) { return method.substr(0, 2) == "$/"; }

struct CancelParams {
  JsonValue id;
};
void read(const Reader& reader, CancelParams& out) { reader.required("id", out.id); }

}  // namespace

ReplyOnce::ReplyOnce(std::weak_ptr<detail::Channel> channel, RequestId id, std::string method, CancelFlag cancel)
    : channel_(std::move(channel)), id_(std::move(id)), method_(std::move(method)), cancel_(std::move(cancel)) {}

ReplyOnce::ReplyOnce(ReplyOnce&& other) noexcept
    : channel_(std::move(other.channel_)),
      id_(std::move(other.id_)),
      method_(std::move(other.method_)),
      cancel_(std::move(other.cancel_)),
      answered_(std::exchange(other.answered_, true)) {}

ReplyOnce::~ReplyOnce() {
  if (!answered_) error(ErrorCode::InternalError, method_ + " was not answered by its handler");
}

bool ReplyOnce::claim(std::string_view what) {
  const auto channel = channel_.lock();
  if (answered_) {
    if (channel && channel->log) channel->log("dropped a second " + std::string(what) + " to " + method_);
    return false;
  }
  answered_ = true;
  if (channel) channel->pending.erase(id_);
  return channel != nullptr;
}

void ReplyOnce::result_json(std::string_view json) {
  if (claim("result")) channel_.lock()->send(result_text(id_, json.empty() ? "null" : json));
}

void ReplyOnce::error(ErrorCode code, std::string message) { error(ResponseError{code, std::move(message), {}}); }

void ReplyOnce::error(const ResponseError& error) {
  if (claim("error")) channel_.lock()->send(error_text(id_, error));
}

bool ReplyOnce::answered_as_cancelled() {
  if (!cancel_.set()) return false;
  if (!answered_) error(ErrorCode::RequestCancelled, method_ + " was cancelled");
  return true;
}

Dispatcher::Dispatcher(Hooks hooks) : channel_(std::make_shared<detail::Channel>()), gate_(std::move(hooks.gate)) {
  channel_->send = std::move(hooks.send);
  channel_->log = std::move(hooks.log);
}

Dispatcher::~Dispatcher() = default;

std::size_t Dispatcher::pending_requests() const { return channel_->pending.size(); }

void Dispatcher::log(std::string text) {
  if (channel_->log) channel_->log(std::move(text));
}

void Dispatcher::receive(Message message) {
  std::visit([this](auto& part) { handle(std::move(part)); }, message);
}

void Dispatcher::handle(Request request) {
  if (channel_->pending.count(request.id) > 0) {
    channel_->send(error_text(request.id, {ErrorCode::InvalidRequest, "a request with this id is running", {}}));
    return;
  }
  const CancelFlag cancel;
  channel_->pending.emplace(request.id, cancel);
  ReplyOnce reply(channel_, std::move(request.id), request.method, cancel);
  if (gate_) {
    if (const auto refused = gate_(request.method, true)) return reply.error(*refused);
  }
  const auto handler = requests_.find(request.method);
  if (handler == requests_.end()) {
    return reply.error(ErrorCode::MethodNotFound, "unknown method " + request.method);
  }
  try {
    handler->second(request.params, std::move(reply));
  } catch (const std::exception& e) {
    log(request.method + " failed: " + e.what());
  } catch (...) {
    log(request.method + " failed");
  }
}

void Dispatcher::handle(const Notification& notification) {
  if (notification.method == "$/cancelRequest") return cancel(notification.params);
  if (gate_ && gate_(notification.method, false)) return;
  const auto handler = notifications_.find(notification.method);
  if (handler == notifications_.end()) {
    if (!is_optional_method(notification.method)) log("ignored the unknown notification " + notification.method);
    return;
  }
  try {
    const std::string problem = handler->second(notification.params);
    if (!problem.empty()) log("ignored " + notification.method + ": " + problem);
  } catch (const std::exception& e) {
    log(notification.method + " failed: " + e.what());
  } catch (...) {
    log(notification.method + " failed");
  }
}

void Dispatcher::handle(const Response& response) {
  const auto found = outgoing_.find(response.id);
  if (found == outgoing_.end()) return log("ignored an answer to no request of ours");
  const Callback callback = std::move(found->second);
  outgoing_.erase(found);  // first: the callback may call again
  try {
    if (callback) callback(response);
  } catch (const std::exception& e) {
    log(std::string("handling an answer failed: ") + e.what());
  } catch (...) {
    log("handling an answer failed");
  }
}

void Dispatcher::handle(const Malformed& malformed) { channel_->send(error_text(malformed.id, malformed.error)); }

void Dispatcher::cancel(const JsonValue& params) {
  const auto read = read_json<CancelParams>(params.get());
  if (!read) return log("ignored $/cancelRequest: " + read.error());
  const Json& json = read->id.get();
  RequestId id;
  if (json.is_string()) {
    id.value = json.get<std::string>();
  } else if (json.is_number()) {
    id.value = json.get<std::int64_t>();
  }
  const auto found = channel_->pending.find(id);  // an id that is answered already is normal
  if (found != channel_->pending.end()) found->second.raise();
}

void Dispatcher::notify_json(std::string_view method, std::string_view params) {
  channel_->send(notification_text(method, params));
}

bool Dispatcher::call_json(std::string_view method, std::string_view params, Callback callback) {
  if (outgoing_.size() >= max_outgoing) {
    log("did not send " + std::string(method) + ": the client left " + std::to_string(max_outgoing) +
        " requests unanswered");
    return false;
  }
  const RequestId id{++next_id_};
  outgoing_.emplace(id, std::move(callback));
  channel_->send(request_text(id, method, params));
  return true;
}

}  // namespace awaitd::protocol
