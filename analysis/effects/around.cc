#include "analysis/effects/around.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

// The body of a with statement, and the managers of it that come behind this one, run under it.
bool runs_under(const Unit& unit, const WithItem& item, NodeId call) {
  return call >= item.value + unit[item.value].size && call < item.statement + unit[item.statement].size;
}

bool is_none(const Unit& unit, NodeId value) { return unit.text_of(value) == "None"; }

// Which arguments a call has: a number may be another one, as long as it is one.
bool same_arguments(const Facts& a, const Call& x, const Facts& b, const Call& y) {
  const auto left = a.arguments_of(x), right = b.arguments_of(y);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [&](const Argument& l, const Argument& r) {
    return l.name == r.name && l.stars == r.stars && is_none(*a.unit, l.value) == is_none(*b.unit, r.value);
  });
}

// The innermost call around each call, kNone if there is none.
std::vector<std::uint32_t> outer_calls(const Facts& facts) {
  std::vector<std::uint32_t> outer, open;
  for (std::uint32_t c = 0; c < facts.calls.size(); ++c) {
    const auto ended = [&](std::uint32_t other) {
      const NodeId node = facts.calls[other].node;
      return facts.calls[c].node >= node + (*facts.unit)[node].size;
    };
    while (!open.empty() && ended(open.back())) open.pop_back();
    outer.push_back(open.empty() ? kNone : open.back());
    open.push_back(c);
  }
  return outer;
}

bool same_manager(const Facts& a, const WithItem& x, const Facts& b, const WithItem& y) {
  const Call* left = a.call_at(inside_parentheses(*a.unit, x.value));
  const Call* right = b.call_at(inside_parentheses(*b.unit, y.value));
  if (left == nullptr || right == nullptr) return left == right;
  return same_arguments(a, *left, b, *right);
}

}  // namespace

bool same_around(const Facts& a, const Facts& b) {
  const std::vector<std::uint32_t> left = outer_calls(a), right = outer_calls(b);
  if (left != right || a.with_items.size() != b.with_items.size()) return false;
  for (std::size_t c = 0; c < left.size(); ++c) {
    if (left[c] != kNone && !same_arguments(a, a.calls[left[c]], b, b.calls[left[c]])) return false;
  }
  for (std::size_t w = 0; w < a.with_items.size(); ++w) {
    const WithItem &x = a.with_items[w], &y = b.with_items[w];
    if (!same_manager(a, x, b, y)) return false;
    for (std::size_t c = 0; c < left.size(); ++c) {
      if (runs_under(*a.unit, x, a.calls[c].node) != runs_under(*b.unit, y, b.calls[c].node)) return false;
    }
  }
  return true;
}

}  // namespace awaitd::analysis
