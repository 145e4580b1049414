// What rules found out about functions of the own module, kept while this version of it is looked at: a helper is asked
// about by each of its callers. One object for each type that asks. Belongs to one Effects; not thread-safe.
#pragma once
#include <map>
#include <memory>

namespace awaitd::analysis {

class Memo {
 public:
  template <typename Kept>
  Kept& of() {
    std::shared_ptr<void>& slot = slots_[&key<Kept>];
    if (!slot) slot = std::make_shared<Kept>();
    return *static_cast<Kept*>(slot.get());
  }
  void clear() { slots_.clear(); }

 private:
  template <typename Kept>
  static constexpr char key = 0;  // its address stands for the type
  std::map<const void*, std::shared_ptr<void>> slots_;
};

}  // namespace awaitd::analysis
