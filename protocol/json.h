// JSON in and out: parsing under limits into a value, dumping that never fails. Nothing here throws.
// Text from clients is repaired before it is refused: a lone surrogate escape (JavaScript sends them) and bytes that
// are no UTF-8 become U+FFFD, which keeps the UTF-16 columns. Values are owned; single-threaded like any value.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "protocol/result.h"

namespace awaitd::protocol {

using Json = nlohmann::json;

// Owns a JSON tree without making its readers include json.hpp.
class JsonValue {
 public:
  JsonValue();  // null
  explicit JsonValue(Json value);
  JsonValue(const JsonValue& other);
  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(JsonValue other) noexcept;
  ~JsonValue();

  const Json& get() const;
  Json& get();  // for moving parts out
  bool is_null() const;

 private:
  std::unique_ptr<Json> value_;  // nullptr stands for null
};

struct JsonLimits {
  std::size_t depth = 128;         // dump, copy and == of nlohmann recurse: 200,000 levels overflow the stack
  std::size_t values = 2'000'000;  // a 64 MB message of "[]," would otherwise take gigabytes
};

Result<JsonValue> parse_json(std::string_view text, JsonLimits limits = {});

std::string dump_json(const Json& value);
std::string dump_json(const JsonValue& value);

}  // namespace awaitd::protocol
