#include "server/documents/drift.h"

#include <algorithm>

namespace awaitd::server {

namespace {
constexpr std::size_t kMaxEdits = 4096;
}

void Drift::edited(const TextEdit& edit) {
  edits_.push_back(edit);
  if (edits_.size() <= kMaxEdits) return;
  first_ = now();
  edits_.clear();
  lost_ = true;
}

void Drift::shown(std::uint64_t then) {
  if (then < first_) return;
  const std::size_t old = std::min<std::size_t>(then - first_, edits_.size());
  edits_.erase(edits_.begin(), edits_.begin() + static_cast<std::ptrdiff_t>(old));
  first_ = then;
  lost_ = false;
}

std::optional<analysis::Range> Drift::moved(analysis::Range range) const {
  std::optional<analysis::Range> out = range;
  if (lost_) return std::nullopt;
  for (const TextEdit& edit : edits_) {
    if (out) out = server::moved(*out, edit);
  }
  return out;
}

}  // namespace awaitd::server
