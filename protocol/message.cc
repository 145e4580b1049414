#include "protocol/message.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace awaitd::protocol {
namespace {

// False where `json` can be no id at all.
bool read_id(const Json& json, RequestId& out) {
  if (json.is_string()) {
    out.value = json.get_ref<const std::string&>();
  } else if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) {
    return false;
  } else if (json.is_number_integer()) {
    out.value = json.get<std::int64_t>();
  } else if (json.is_number_float()) {  // Lua and some JSON libraries write 1.0
    const double value = json.get<double>();
    if (value != std::floor(value) || std::abs(value) > 9e15) return false;
    out.value = static_cast<std::int64_t>(value);
  } else {
    return json.is_null();
  }
  return true;
}

JsonValue take(Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? JsonValue() : JsonValue(std::move(*found));
}

Malformed invalid(RequestId id, std::string message) {
  return {std::move(id), {ErrorCode::InvalidRequest, std::move(message), {}}};
}

Message read_response(Json& object, RequestId id) {
  Response response{std::move(id), take(object, "result"), std::nullopt};
  const auto error = object.find("error");
  if (error == object.end() || error->is_null()) return response;
  ResponseError& out = response.error.emplace();
  out.code = ErrorCode::UnknownErrorCode;
  if (!error->is_object()) return response;
  const auto code = error->find("code");
  if (code != error->end() && code->is_number_integer()) {
    const auto number = code->get<std::int64_t>();
    if (number >= INT32_MIN && number <= INT32_MAX) out.code = static_cast<ErrorCode>(number);
  }
  const auto text = error->find("message");
  if (text != error->end() && text->is_string()) out.message = text->get<std::string>();
  const auto data = error->find("data");
  if (data != error->end()) out.data.text = dump_json(*data);
  return response;
}

Message read_message(Json& root) {
  if (root.is_array()) return invalid({}, "batches are not part of LSP");
  if (!root.is_object()) return invalid({}, "a message is a JSON object");
  RequestId id;
  const auto id_member = root.find("id");
  const bool has_id = id_member != root.end();
  const bool good_id = !has_id || read_id(*id_member, id);
  const auto method = root.find("method");
  if (method == root.end()) {
    const bool response = has_id && good_id && (root.contains("result") || root.contains("error"));
    if (response) return read_response(root, std::move(id));
    return invalid(std::move(id), "message has neither a method nor a result");
  }
  if (!good_id) return invalid({}, "id must be an integer or a string");
  if (has_id && id_member->is_null()) return invalid({}, "the id of a request must not be null");
  if (!method->is_string()) return invalid(std::move(id), "method must be a string");
  const auto version = root.find("jsonrpc");
  if (version != root.end() && *version != "2.0") return invalid(std::move(id), "jsonrpc must be \"2.0\"");
  const auto params = root.find("params");
  if (params != root.end() && !params->is_null() && !params->is_structured()) {
    return invalid(std::move(id), "params must be an object or an array");
  }
  std::string name = method->get<std::string>();
  if (!has_id) return Notification{std::move(name), take(root, "params")};
  return Request{std::move(id), std::move(name), take(root, "params")};
}

// {"jsonrpc":"2.0", ... with the members `body` writes.
template <class Body>
std::string message_text(std::size_t size, const Body& body) {
  std::string out;
  out.reserve(size + 96);
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("jsonrpc", "2.0");
  body(writer);
  writer.end_object();
  return out;
}

}  // namespace

void write(JsonWriter& writer, const RequestId& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id.value)) {
    writer.integer(*number);
  } else if (const auto* text = std::get_if<std::string>(&id.value)) {
    writer.string(*text);
  } else {
    writer.null();
  }
}

void write(JsonWriter& writer, const ResponseError& error) {
  writer.begin_object();
  writer.field("code", static_cast<int>(error.code));
  writer.field("message", error.message);
  if (!error.data.empty()) writer.field("data", error.data);
  writer.end_object();
}

Message parse_message(std::string_view body, JsonLimits limits) {
  auto parsed = parse_json(body, limits);
  if (!parsed) return Malformed{{}, {ErrorCode::ParseError, parsed.error(), {}}};
  return read_message(parsed->get());
}

std::string request_text(const RequestId& id, std::string_view method, std::string_view params) {
  return message_text(params.size() + method.size(), [&](JsonWriter& writer) {
    writer.field("id", id);
    writer.field("method", method);
    if (params.empty()) return;
    writer.key("params");
    writer.raw(params);
  });
}

std::string notification_text(std::string_view method, std::string_view params) {
  return message_text(params.size() + method.size(), [&](JsonWriter& writer) {
    writer.field("method", method);
    if (params.empty()) return;
    writer.key("params");
    writer.raw(params);
  });
}

std::string result_text(const RequestId& id, std::string_view result) {
  return message_text(result.size(), [&](JsonWriter& writer) {
    writer.field("id", id);
    writer.key("result");
    writer.raw(result);
  });
}

std::string error_text(const RequestId& id, const ResponseError& error) {
  return message_text(error.message.size() + error.data.text.size(), [&](JsonWriter& writer) {
    writer.field("id", id);
    writer.field("error", error);
  });
}

}  // namespace awaitd::protocol
