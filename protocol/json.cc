#include "protocol/json.h"

#include <cstdint>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/utf8.h"

namespace awaitd::protocol {
namespace {

// Builds a tree from the events of nlohmann's SAX parser, which is iterative, and stops it at a limit.
class TreeBuilder {
 public:
  TreeBuilder(Json& root, JsonLimits limits) : root_(root), limits_(limits) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() { return close(); }
  bool key(std::string& value) {
    slot_ = &(*open_.back())[value];
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    error_ = "not JSON: error at byte " + std::to_string(position);
    syntax_error_ = true;
    return false;
  }

  const std::string& error() const { return error_; }
  bool syntax_error() const { return syntax_error_; }

 private:
  Json* place(Json value) {
    if (++count_ > limits_.values) {
      error_ = "JSON has more than " + std::to_string(limits_.values) + " values";
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool add(Json value) { return place(std::move(value)) != nullptr; }
  bool open(Json value) {
    if (open_.size() >= limits_.depth) {
      error_ = "JSON is nested deeper than " + std::to_string(limits_.depth) + " levels";
      return false;
    }
    Json* placed = place(std::move(value));
    if (placed) open_.push_back(placed);
    return placed != nullptr;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  JsonLimits limits_;
  std::vector<Json*> open_;  // the last one may still grow; the others stay where they are until it is closed
  Json* slot_ = nullptr;
  std::size_t count_ = 0;
  std::string error_ = "not JSON";
  bool syntax_error_ = false;
};

// The code unit of a \uXXXX escape at `offset`, if there is one.
std::optional<unsigned> unicode_escape(std::string_view text, std::size_t offset) {
  if (offset + 6 > text.size() || text[offset] != '\\' || text[offset + 1] != 'u') return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(offset + 2, 4)) {
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                           : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                  : 16u;
    if (digit == 16) return std::nullopt;
    value = value * 16 + digit;
  }
  return value;
}

// Copies `text` with lone surrogate escapes and invalid UTF-8 replaced; everything else stays byte for byte.
std::string repair(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\\') {
      const auto unit = unicode_escape(text, i);
      const auto next = unicode_escape(text, i + 6);
      const bool pair = unit && *unit >= 0xD800 && *unit < 0xDC00 && next && *next >= 0xDC00 && *next < 0xE000;
      const bool lone = unit && !pair && *unit >= 0xD800 && *unit < 0xE000;
      const std::size_t length = pair ? 12 : unit ? 6 : 2;
      out.append(lone ? std::string_view("\\ufffd") : text.substr(i, length));
      i += length;
      continue;
    }
    const CodePoint point = decode_utf8(text, i);
    out.append(point.valid ? text.substr(i, point.length) : replacement_character);
    i += point.length;
  }
  return out;
}

}  // namespace

JsonValue::JsonValue() = default;
JsonValue::JsonValue(Json value) : value_(std::make_unique<Json>(std::move(value))) {}
JsonValue::JsonValue(const JsonValue& other) : value_(other.value_ ? std::make_unique<Json>(*other.value_) : nullptr) {}
JsonValue::JsonValue(JsonValue&& other) noexcept = default;
JsonValue& JsonValue::operator=(JsonValue other) noexcept {
  value_ = std::move(other.value_);
  return *this;
}
JsonValue::~JsonValue() = default;

const Json& JsonValue::get() const {
  static const Json null;
  return value_ ? *value_ : null;
}
Json& JsonValue::get() {
  if (!value_) value_ = std::make_unique<Json>();
  return *value_;
}
bool JsonValue::is_null() const { return get().is_null(); }

Result<JsonValue> parse_json(std::string_view text, JsonLimits limits) {
  try {
    Json root;
    TreeBuilder builder(root, limits);
    if (Json::sax_parse(text.begin(), text.end(), &builder)) return JsonValue(std::move(root));
    if (!builder.syntax_error()) return Error{builder.error()};
    const std::string repaired = repair(text);
    if (repaired == text) return Error{builder.error()};
    Json second_root;
    TreeBuilder second(second_root, limits);
    if (Json::sax_parse(repaired, &second)) return JsonValue(std::move(second_root));
    return Error{second.syntax_error() ? builder.error() : second.error()};
  } catch (const std::exception& e) {  // memory
    return Error{e.what()};
  }
}

std::string dump_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string dump_json(const JsonValue& value) { return dump_json(value.get()); }

}  // namespace awaitd::protocol
