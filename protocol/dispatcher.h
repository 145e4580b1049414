// Brings messages to their handlers and answers back. Handlers are bound in one table, a line each:
//   d.request("textDocument/hover", this, &Session::on_hover);         // void on_hover(const HoverParams&, ReplyOnce)
//   d.notification("textDocument/didOpen", this, &Session::on_open);   // void on_open(const DidOpenParams&)
// Parameters that do not fit are answered with InvalidParams and the path of the field. Exceptions of handlers end
// here. Single-threaded: everything, replies too, runs on one strand. The owner of the handlers must outlive it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/json_reader.h"
#include "protocol/message.h"
#include "protocol/reply.h"

namespace awaitd::protocol {

// Parameters of methods that have none: absent, null, {}, [] and anything else.
struct NoParams {};
inline void read(const Reader&, NoParams&) {}
inline void write(JsonWriter& writer, const NoParams&) {
  writer.begin_object();
  writer.end_object();
}

class Dispatcher {
 public:
  struct Hooks {
    // Sends one body, unframed. Must not throw.
    std::function<void(std::string body)> send;
    // Asked before every request and notification; an error refuses it (notifications silently). For the life cycle:
    // requests before initialize and after shutdown. May be empty.
    std::function<std::optional<ResponseError>(std::string_view method, bool is_request)> gate;
    // Something went wrong that no answer tells: one line of text. May be empty.
    std::function<void(std::string)> log;
  };
  using Callback = std::function<void(const Response&)>;

  explicit Dispatcher(Hooks hooks);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  template <class Params>
  void request(std::string method, std::function<void(const Params&, ReplyOnce)> handler) {
    requests_[std::move(method)] = [handler = std::move(handler)](const JsonValue& params, ReplyOnce reply) {
      const auto read = read_json<Params>(params.get());
      read ? handler(*read, std::move(reply)) : reply.error(ErrorCode::InvalidParams, read.error());
    };
  }
  template <class Params>
  void notification(std::string method, std::function<void(const Params&)> handler) {
    notifications_[std::move(method)] = [handler = std::move(handler)](const JsonValue& params) -> std::string {
      const auto read = read_json<Params>(params.get());
      if (!read) return read.error();
      handler(*read);
      return {};
    };
  }
  template <class Self, class Params>
  void request(std::string method, Self* self, void (Self::*handler)(const Params&, ReplyOnce)) {
    request<Params>(std::move(method), [self, handler](const Params& params, ReplyOnce reply) {
      (self->*handler)(params, std::move(reply));
    });
  }
  template <class Self, class Params>
  void notification(std::string method, Self* self, void (Self::*handler)(const Params&)) {
    notification<Params>(std::move(method), [self, handler](const Params& params) { (self->*handler)(params); });
  }

  // Handles one message from the client.
  void receive(Message message);

  // To the client. `params` is anything write() knows.
  template <class T>
  void notify(std::string_view method, const T& params) {
    notify_json(method, to_json_text(params));
  }
  void notify_json(std::string_view method, std::string_view params);
  // False, and nothing is sent, when too many requests are unanswered. The callback runs once or, when the client
  // never answers, never; it lives until then.
  template <class T>
  bool call(std::string_view method, const T& params, Callback callback) {
    return call_json(method, to_json_text(params), std::move(callback));
  }
  bool call_json(std::string_view method, std::string_view params, Callback callback);

  static constexpr std::size_t max_outgoing = 256;
  std::size_t pending_requests() const;  // of the client, unanswered
  std::size_t outgoing_requests() const { return outgoing_.size(); }

 private:
  void handle(Request request);
  void handle(const Notification& notification);
  void handle(const Response& response);
  void handle(const Malformed& malformed);
  void cancel(const JsonValue& params);
  void log(std::string text);

  std::shared_ptr<detail::Channel> channel_;
  std::function<std::optional<ResponseError>(std::string_view, bool)> gate_;
  std::map<std::string, std::function<void(const JsonValue&, ReplyOnce)>, std::less<>> requests_;
  std::map<std::string, std::function<std::string(const JsonValue&)>, std::less<>> notifications_;
  std::map<RequestId, Callback> outgoing_;
  std::int64_t next_id_ = 0;
};

}  // namespace awaitd::protocol
