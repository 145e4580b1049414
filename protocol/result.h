// A value or the reason why there is none. Errors never cross this library's border as exceptions.
// Plain values, no locking: share one between threads only by moving it.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace awaitd::protocol {

struct Error {
  std::string message;  // one line, without a full stop; begins with the path of the field where there is one
};

template <class T>
class Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const std::string& error() const { return std::get<1>(state_).message; }

 private:
  std::variant<T, Error> state_;
};

}  // namespace awaitd::protocol
