// What was told of functions when the findings there are were made: the values that an edit is compared with. Units that
// are checked while others wait for their turn rest on a newer version than those: then both count. A value; no state of
// its own.
#pragma once
#include <map>
#include <vector>

namespace awaitd::analysis {

template <class Key, class Value>
class Told {
 public:
  using Map = std::map<Key, Value>;

  // Takes all of these, of which nothing is left.
  void take(Map& all) {
    if (first_.empty()) return first_.swap(all);
    for (auto& [key, value] : all) add(key, std::move(value));
    all.clear();
  }
  void add(const Key& key, Value value) {
    const auto [it, fresh] = first_.try_emplace(key, value);
    if (fresh || it->second == value) return;
    later_[key].push_back(std::move(value));
  }
  // Hands on each key and value, a key as often as it has values.
  template <typename Take>
  void each(Take&& take) const {
    for (const auto& [key, value] : first_) take(key, value);
    for (const auto& [key, values] : later_) {
      for (const Value& value : values) take(key, value);
    }
  }
  // True if one of the keys from `from` on, as long as is_meant(key), had another value than now(key) gives. All of them
  // are asked for: settle() takes what was not for what it was.
  template <typename IsMeant, typename Now>
  bool differs(const Key& from, IsMeant&& is_meant, Now&& now) const {
    bool found = false;
    for (auto it = first_.lower_bound(from); it != first_.end() && is_meant(it->first); ++it) {
      const Value* const is = now(it->first);
      found |= is == nullptr || !(*is == it->second) || later_.count(it->first) != 0;
    }
    return found;
  }
  void clear() {
    first_.clear();
    later_.clear();
  }
  // When every finding rests on what is known now: what was not asked again is as it was, and goes back to it. One that
  // had several values is asked for: find_out(key).
  template <typename FindOut>
  void settle(Map& known, FindOut&& find_out) {
    for (const auto& [key, values] : later_) {
      if (known.count(key) != 0) continue;
      first_.erase(key);
      find_out(key);
    }
    known.merge(first_);
    clear();
  }

 private:
  Map first_;
  std::map<Key, std::vector<Value>> later_;
};

}  // namespace awaitd::analysis
