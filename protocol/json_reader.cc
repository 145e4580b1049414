#include "protocol/json_reader.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace awaitd::protocol {
namespace {

const Json& null_json() {
  static const Json null;
  return null;
}

}  // namespace

bool Reader::null() const { return value_->is_null(); }
bool Reader::is_object() const { return value_->is_object() || (value_->is_array() && value_->empty()); }
bool Reader::is_array() const { return value_->is_array(); }
bool Reader::is_string() const { return value_->is_string(); }
bool Reader::is_boolean() const { return value_->is_boolean(); }

Reader Reader::child(std::string_view name) const {
  if (!is_object() && !null()) fail("expected an object");
  if (value_->is_object()) {
    const auto found = value_->find(name);
    if (found != value_->end()) return {*found, this, name, 0};
  }
  return {null_json(), this, name, 0};
}

std::size_t Reader::size() const { return value_->is_array() ? value_->size() : 0; }
Reader Reader::at(std::size_t index) const { return {(*value_)[index], this, {}, index}; }

std::vector<std::string> Reader::keys() const {
  std::vector<std::string> names;
  if (!value_->is_object()) return names;
  for (const auto& item : value_->items()) names.push_back(item.key());
  return names;
}

std::string Reader::path() const {
  if (!parent_) return std::string(name_);
  const std::string before = parent_->path();
  return name_.empty() ? before + "[" + std::to_string(index_) + "]" : before + "." + std::string(name_);
}

void Reader::fail(std::string_view what) const {
  if (failure_->failed) return;
  failure_->failed = true;
  failure_->text = path() + ": " + std::string(what);
}

void read(const Reader& reader, bool& out) {
  if (!reader.is_boolean()) return reader.fail("expected true or false");
  out = reader.json().get<bool>();
}

void read(const Reader& reader, std::string& out) {
  if (!reader.is_string()) return reader.fail("expected a string");
  out = reader.json().get_ref<const std::string&>();
}

void read(const Reader& reader, JsonValue& out) { out = JsonValue(reader.json()); }

void read(const Reader& reader, RawJson& out) { out.text = dump_json(reader.json()); }

std::int64_t read_integer(const Reader& reader, std::int64_t low, std::int64_t high) {
  const Json& json = reader.json();
  if (json.is_number_unsigned()) {
    const auto value = json.get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(high)) return high;
    return std::max(low, static_cast<std::int64_t>(value));
  }
  if (json.is_number_integer()) return std::clamp(json.get<std::int64_t>(), low, high);
  if (json.is_number_float()) {
    const double value = json.get<double>();
    if (value == std::floor(value)) {
      if (value <= static_cast<double>(low)) return low;
      if (value >= static_cast<double>(high)) return high;
      return static_cast<std::int64_t>(value);
    }
  }
  reader.fail("expected an integer");
  return std::max<std::int64_t>(low, 0);
}

}  // namespace awaitd::protocol
