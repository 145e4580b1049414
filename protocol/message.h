// JSON-RPC 2.0 messages as values: parsing of a body, and the text of what we send. Ids are integers from 0 or strings
// and are echoed in their own type. A body that is no message becomes Malformed, which says what to answer.
// Pure functions over values, nothing throws. LSP's own error codes are included (LSP 3.18, base protocol).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/json.h"
#include "protocol/json_writer.h"

namespace awaitd::protocol {

enum class ErrorCode : int {
  ParseError = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
  ServerNotInitialized = -32002,
  UnknownErrorCode = -32001,
  RequestFailed = -32803,
  ServerCancelled = -32802,
  ContentModified = -32801,
  RequestCancelled = -32800,
};

struct RequestId {
  std::variant<std::monostate, std::int64_t, std::string> value;  // monostate is null: only in answers
  bool operator==(const RequestId& other) const { return value == other.value; }
  bool operator<(const RequestId& other) const { return value < other.value; }
};
void write(JsonWriter& writer, const RequestId& id);

struct ResponseError {
  ErrorCode code = ErrorCode::InternalError;
  std::string message;
  RawJson data;  // optional
};
void write(JsonWriter& writer, const ResponseError& error);

struct Request {
  RequestId id;
  std::string method;
  JsonValue params;  // null where absent
};
struct Notification {
  std::string method;
  JsonValue params;
};
struct Response {
  RequestId id;
  JsonValue result;
  std::optional<ResponseError> error;
};
struct Malformed {
  RequestId id;  // null unless the body had a usable one
  ResponseError error;
};
using Message = std::variant<Request, Notification, Response, Malformed>;

Message parse_message(std::string_view body, JsonLimits limits = {});

// `params` and `result` are JSON text; empty params are left out.
std::string request_text(const RequestId& id, std::string_view method, std::string_view params);
std::string notification_text(std::string_view method, std::string_view params);
std::string result_text(const RequestId& id, std::string_view result);
std::string error_text(const RequestId& id, const ResponseError& error);

}  // namespace awaitd::protocol
