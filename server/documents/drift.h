// The edits a document has seen since the version that other modules were shown, so that a place in that version can be
// found in the text as it is now. A value of the strand.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "server/documents/last_good.h"

namespace awaitd::server {

class Drift {
 public:
  void edited(const TextEdit& edit);
  // Names the text as it is now, for shown().
  std::uint64_t now() const { return first_ + edits_.size(); }
  // Others were shown the text of then.
  void shown(std::uint64_t then);
  // Too many edits to follow: others must be shown a newer version.
  bool lost() const { return lost_; }
  std::optional<analysis::Range> moved(analysis::Range range) const;

 private:
  std::vector<TextEdit> edits_;
  std::uint64_t first_ = 0;  // the number of edits_[0]
  bool lost_ = false;
};

}  // namespace awaitd::server
