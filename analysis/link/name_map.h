// Rows by name, for tables of which an edit makes a new version: versions share the shards that are equal. Copying
// costs kShards pointers, editing a row one shard. What is copied must not be edited any more; const use is safe from
// any thread.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace awaitd::analysis {

template <typename T>
class NameMap {
 public:
  using Row = std::vector<T>;
  NameMap() = default;
  NameMap(const NameMap& other) : shards_(other.shards_) {}
  NameMap(NameMap&&) noexcept = default;
  NameMap& operator=(const NameMap&) = delete;
  NameMap& operator=(NameMap&&) noexcept = default;
  ~NameMap() = default;

  // Null if there is none.
  const Row* find(std::string_view name) const {
    const std::shared_ptr<Shard>& shard = shards_[Hash{}(name) % kShards];
    if (shard == nullptr) return nullptr;
    const auto found = shard->find(name);
    return found == shard->end() ? nullptr : &found->second;
  }
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  // visit(name, row), in no order.
  template <typename Visit>
  void each(Visit&& visit) const {
    for (const auto& shard : shards_) {
      if (shard == nullptr) continue;
      for (const auto& [name, row] : *shard) visit(name, row);
    }
  }
  // Hands the row to `change`, empty if there was none; a row that is empty afterwards is gone.
  template <typename Change>
  void edit(std::string_view name, Change&& change) {
    Shard& shard = own(Hash{}(name) % kShards);
    auto found = shard.find(name);
    if (found == shard.end()) found = shard.try_emplace(std::string(name)).first;
    change(found->second);
    if (found->second.empty()) shard.erase(found);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };
  using Shard = std::unordered_map<std::string, Row, Hash, std::equal_to<>>;
  static constexpr std::size_t kShards = 32;

  Shard& own(std::size_t i) {
    if (((owned_ >> i) & 1u) == 0) {
      shards_[i] = shards_[i] == nullptr ? std::make_shared<Shard>() : std::make_shared<Shard>(*shards_[i]);
      owned_ |= 1u << i;
    }
    return *shards_[i];
  }

  std::array<std::shared_ptr<Shard>, kShards> shards_;
  std::uint32_t owned_ = 0;  // bit by shard: nobody else has it
};

// A row of things that versions share; reads like a vector of them.
template <typename T>
class SharedRow {
 public:
  const T& operator[](std::size_t i) const { return *things_[i]; }
  std::size_t size() const { return things_.size(); }
  bool empty() const { return things_.empty(); }
  void push_back(T thing) { things_.push_back(std::make_shared<const T>(std::move(thing))); }
  void replace(std::size_t i, T thing) { things_[i] = std::make_shared<const T>(std::move(thing)); }

 private:
  std::vector<std::shared_ptr<const T>> things_;
};

}  // namespace awaitd::analysis
