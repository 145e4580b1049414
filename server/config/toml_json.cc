#include "server/config/toml_json.h"

#include <nlohmann/json.hpp>
#include <sstream>

#define TOML_EXCEPTIONS 0  // the library's own switch; it must be set before its header
#include <toml++/toml.h>

namespace awaitd::server {

using nlohmann::json;

namespace {

// Recursion is bounded: toml++ refuses nesting deeper than 256.
json convert(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    json out = json::object();
    for (const auto& [key, value] : *table) out[std::string(key.str())] = convert(value);
    return out;
  }
  if (const auto* array = node.as_array()) {
    json out = json::array();
    for (const toml::node& item : *array) out.push_back(convert(item));
    return out;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  std::ostringstream text;
  node.visit([&text](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value.get();
  });
  return text.str();
}

}  // namespace

json toml_to_json(std::string_view text, std::string& problem) {
  const toml::parse_result result = toml::parse(text);
  if (result) return convert(result.table());
  problem =
      "line " + std::to_string(result.error().source().begin.line) + ": " + std::string(result.error().description());
  return {};
}

}  // namespace awaitd::server
