// What a term can be once its free names are known: a small set of values. Plain data; compare and copy freely.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace awaitd::analysis {

struct ValueSet;
inline constexpr std::uint32_t kNoCall = 0xffffffffu;
inline constexpr std::int64_t kNoNumber = -1;

enum class ValueKind : std::uint8_t {
  module,     // a module of the project
  external,   // an object outside the project, by origin: module, function, class, bound method of a known class
  instance,   // an instance of an outside class, or the unexplored result of an outside call (name: the callable)
  cls,        // a class of the project
  object,     // an instance of a class of the project
  function,   // a function of the project, bound to an object when `inner` is set
  coroutine,  // of an async def of the project (id 0: of a function said to return one); inner: what awaiting it gives
  generator,  // inner: what it yields (async ones too)
  alias,      // of a type, Union[A, B]; inner: instances of what it stands for
  none        // None
};

struct Value {
  Value() = default;
  Value(ValueKind k, std::string origin) : kind(k), name(std::move(origin)) {}
  ValueKind kind{};
  std::string name;          // dotted origin
  std::uint32_t module = 0;  // of a value of the project: Linker's number of its module
  std::uint32_t unit = 0;    // of a function, or what a generator or coroutine function gives: ModuleIndex::units
  std::uint32_t id = 0;      // of those the FunctionId (never 0); of a class or object: NameTables::classes
  std::shared_ptr<const ValueSet> inner;  // elements of a container, result of a coroutine, the bound object
  std::shared_ptr<const std::vector<ValueSet>> elements;  // of a tuple, in order
  std::shared_ptr<const ValueSet> around;  // of a function: project decorators' functions that run around it
  std::uint32_t call = kNoCall;            // of an instance: the call that made it (Facts::calls of its module's unit)
  std::int64_t number = kNoNumber;         // of an int: its value, where that is one and not negative
  bool probable = false;                   // found by a path that could be another at run time
};

// A few values that copies share until one of them is changed: most sets are asked for and looked at, no more.
class ValueList {
 public:
  ValueList() = default;
  ValueList(std::initializer_list<Value> values) : values_(std::make_shared<std::vector<Value>>(values)) {}
  const Value* begin() const { return values_ == nullptr ? nullptr : values_->data(); }
  const Value* end() const { return values_ == nullptr ? nullptr : values_->data() + values_->size(); }
  std::size_t size() const { return values_ == nullptr ? 0 : values_->size(); }
  bool empty() const { return size() == 0; }
  const Value& operator[](std::size_t i) const { return (*values_)[i]; }
  const Value& front() const { return values_->front(); }
  const Value& back() const { return values_->back(); }
  // To be changed: nobody else's from here on. Not while somebody iterates.
  std::vector<Value>& edit() {
    if (values_ == nullptr) values_ = std::make_shared<std::vector<Value>>();
    if (values_.use_count() > 1) values_ = std::make_shared<std::vector<Value>>(*values_);
    return *values_;
  }

 private:
  std::shared_ptr<std::vector<Value>> values_;
};

struct ValueSet {
  ValueList values;
  bool unknown = false;  // it may also be something nobody here can name
  bool empty() const { return values.empty(); }
};

}  // namespace awaitd::analysis
