// Reads JSON into structs, tolerant of what clients really send: a missing member and null are the same, an empty
// array is an empty object (Lua), integers are clamped to their type, 1.0 is 1. The first failure is kept with the
// path of its field ("params.range.start: missing"); reading goes on, so the result must be dropped then.
// A Reader points into the tree and at its parent: use it inside one expression or one read(); single-threaded.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json.h"
#include "protocol/json_writer.h"

namespace awaitd::protocol {

class Reader {
 public:
  struct Failure {
    bool failed = false;
    std::string text;
  };

  Reader(const Json& value, std::string_view name, Failure& failure)
      : value_(&value), parent_(nullptr), name_(name), failure_(&failure) {}

  const Json& json() const { return *value_; }
  bool null() const;
  bool is_object() const;  // an empty array, too
  bool is_array() const;
  bool is_string() const;
  bool is_boolean() const;
  bool has(std::string_view name) const { return !child(name).null(); }

  Reader child(std::string_view name) const;  // a reader of null where there is no such member
  std::size_t size() const;                   // of an array, otherwise 0
  Reader at(std::size_t index) const;
  std::vector<std::string> keys() const;

  void fail(std::string_view what) const;

  template <class T>
  void required(std::string_view name, T& out) const {
    const Reader member = child(name);
    member.null() ? member.fail("missing") : read(member, out);
  }
  template <class T>
  void optional(std::string_view name, T& out) const {
    const Reader member = child(name);
    if (!member.null()) read(member, out);
  }
  // For members that must not spoil the message: `out` keeps its value where the member is broken.
  template <class T>
  void lenient(std::string_view name, T& out) const {
    child(name).lenient_value(out);
  }
  template <class T>
  bool lenient_value(T& out) const {
    Failure ignored;
    Reader copy = *this;
    copy.failure_ = &ignored;
    T value{};
    if (null()) return false;
    read(copy, value);
    if (!ignored.failed) out = std::move(value);
    return !ignored.failed;
  }

 private:
  Reader(const Json& value, const Reader* parent, std::string_view name, std::size_t index)
      : value_(&value), parent_(parent), name_(name), index_(index), failure_(parent->failure_) {}
  std::string path() const;

  const Json* value_;
  const Reader* parent_;
  std::string_view name_;
  std::size_t index_ = 0;  // of an array's element, which has no name
  Failure* failure_;
};

void read(const Reader& reader, bool& out);
void read(const Reader& reader, std::string& out);
void read(const Reader& reader, JsonValue& out);
void read(const Reader& reader, RawJson& out);
// The integer, clamped to [low, high].
std::int64_t read_integer(const Reader& reader, std::int64_t low, std::int64_t high);

template <std::integral I>
  requires(!std::same_as<I, bool> && sizeof(I) <= 4)
void read(const Reader& reader, I& out) {
  out = static_cast<I>(read_integer(reader, std::numeric_limits<I>::min(), std::numeric_limits<I>::max()));
}
inline void read(const Reader& reader, std::int64_t& out) {
  out = read_integer(reader, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
}
template <class T>
void read(const Reader& reader, std::optional<T>& out) {
  if (reader.null()) {
    out.reset();
  } else {
    read(reader, out.emplace());
  }
}
template <class T>
void read(const Reader& reader, std::vector<T>& out) {
  out.clear();
  if (!reader.is_array() && !reader.null()) return reader.fail("expected an array");
  out.resize(reader.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    T value{};
    read(reader.at(i), value);
    out[i] = std::move(value);
  }
}
template <class T>
void read(const Reader& reader, std::map<std::string, T>& out) {
  out.clear();
  if (!reader.is_object() && !reader.null()) return reader.fail("expected an object");
  for (const std::string& name : reader.keys()) read(reader.child(name), out[name]);
}

// The whole value as a T. `name` heads the path in errors.
template <class T>
Result<T> read_json(const Json& value, std::string_view name = "params") {
  Reader::Failure failure;
  T out{};
  read(Reader(value, name, failure), out);
  if (failure.failed) return Error{std::move(failure.text)};
  return out;
}

}  // namespace awaitd::protocol
