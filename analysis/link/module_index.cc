#include "analysis/link/module_index.h"

#include <algorithm>
#include <cctype>

namespace awaitd::analysis {

// FNV-1a.
std::uint32_t mention_hash(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

bool is_test_name(std::string_view part) {
  return part == "tests" || part == "test" || part == "conftest" || part.starts_with("test_") ||
         part.ends_with("_test");
}

namespace {

constexpr std::size_t kLongestAnnotation = 200;

std::vector<std::uint32_t> mentions_of(const Unit& unit) {
  std::vector<std::uint32_t> out;
  auto is_word = [](char c) { return c == '_' || static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    std::string_view text = unit.text_of(n);
    if (unit[n].kind == Kind::identifier) {
      out.push_back(mention_hash(text));
    } else if (unit[n].kind == Kind::string && text.size() <= kLongestAnnotation) {
      for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > i) out.push_back(mention_hash(text.substr(i, end - i)));
        i = std::max(end, i + 1);
      }
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  out.shrink_to_fit();
  return out;
}

}  // namespace

UnitData::UnitData(std::shared_ptr<const Unit> source)
    : unit(std::move(source)), facts(build_facts(unit)), exports(build_exports(*facts)), mentions_(mentions_of(*unit)) {
  for (const std::uint32_t hash : mentions_) filter_.add(hash);
}

const Uses& UnitData::uses() const {
  std::call_once(once_, [this] {
    uses_ = std::make_unique<const Uses>(build_uses(*facts));
    built_.store(uses_.get(), std::memory_order_release);
  });
  return *uses_;
}

bool UnitData::mentions_any(const std::vector<std::uint32_t>& names) const {
  return std::any_of(names.begin(), names.end(), [this](std::uint32_t name) {
    return filter_.may_hold(name) && std::binary_search(mentions_.begin(), mentions_.end(), name);
  });
}

std::uint32_t IndexedUnit::to_document(std::uint32_t offset) const {
  if (gaps == nullptr) return start + offset;
  std::uint32_t removed = 0;
  for (const Gap& gap : *gaps) {
    if (gap.at <= offset) removed += gap.removed;
  }
  return start + offset + removed;
}

}  // namespace awaitd::analysis
