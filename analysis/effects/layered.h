// A map that the next version of its owner shares: what was there when it was handed on is never written again, so that
// handing it on costs nothing, however much there is. One thread writes to one of them.
#pragma once
#include <map>
#include <memory>

namespace awaitd::analysis {

template <class Key, class Value>
class Layered {
 public:
  const Value* find(const Key& key) const {
    if (const auto it = own_.find(key); it != own_.end()) return &it->second;
    if (shared_ == nullptr) return nullptr;
    const auto it = shared_->find(key);
    return it == shared_->end() ? nullptr : &it->second;
  }
  // Of a key that is not there yet, or that this one has added. Stays where it is.
  Value& own(const Key& key) { return own_[key]; }
  // Takes what another one has, which stays as it is.
  void succeed(const Layered& before) {
    shared_ = before.shared_;
    if (before.own_.empty()) return;
    auto all = before.own_;
    if (shared_ != nullptr) all.insert(shared_->begin(), shared_->end());
    shared_ = std::make_shared<const std::map<Key, Value>>(std::move(all));
  }

 private:
  std::map<Key, Value> own_;
  std::shared_ptr<const std::map<Key, Value>> shared_;
};

}  // namespace awaitd::analysis
