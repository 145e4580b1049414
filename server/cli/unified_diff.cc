#include "server/cli/unified_diff.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace awaitd::server {

namespace {

constexpr std::size_t kContext = 3;
constexpr std::ptrdiff_t kMaxDistance = 2000;  // then the rest counts as replaced as a whole

using Lines = std::vector<std::string_view>;

// With their line ends; a last line may have none.
Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

enum class Side : char { both = ' ', before = '-', after = '+' };

// The shortest edit script by Myers' greedy method ("An O(ND) Difference Algorithm", 1986): `reached` holds for every
// diagonal k (x - y) how far x gets with d edits; the states of all d lead the way back.
std::vector<Side> script(const Lines& a, const Lines& b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size()), m = static_cast<std::ptrdiff_t>(b.size());
  std::vector<std::vector<std::ptrdiff_t>> history;
  std::vector<std::ptrdiff_t> reached{0, 0, 0};
  const auto steps_down = [](const std::vector<std::ptrdiff_t>& v, std::ptrdiff_t k, std::ptrdiff_t d) {
    return k == -d || (k != d && v[k + d] < v[k + d + 2]);  // index of diagonal k: k + d + 1
  };
  std::ptrdiff_t d = 0;
  for (;; ++d) {
    if (d > kMaxDistance) {
      std::vector<Side> all(a.size(), Side::before);
      all.insert(all.end(), b.size(), Side::after);
      return all;
    }
    history.push_back(reached);
    std::vector<std::ptrdiff_t> next(static_cast<std::size_t>(2 * d + 5), 0);  // diagonals -d-2 .. d+2
    bool done = false;
    for (std::ptrdiff_t k = -d; k <= d && !done; k += 2) {
      std::ptrdiff_t x = d == 0 ? 0 : steps_down(reached, k, d) ? reached[k + d + 2] : reached[k + d] + 1;
      while (x < n && x - k < m && a[x] == b[x - k]) ++x;
      next[k + d + 2] = x;
      done = x >= n && x - k >= m;
    }
    reached = std::move(next);
    if (done) break;
  }
  std::vector<Side> backwards;
  std::ptrdiff_t x = n, y = m;
  for (; d > 0; --d) {
    const auto& v = history[static_cast<std::size_t>(d)];
    const std::ptrdiff_t k = x - y;
    const bool down = steps_down(v, k, d);
    const std::ptrdiff_t from = down ? v[k + d + 2] : v[k + d];
    const std::ptrdiff_t start = down ? from : from + 1;
    for (; x > start; --x, --y) backwards.push_back(Side::both);
    backwards.push_back(down ? Side::after : Side::before);
    (down ? y : x) -= 1;
  }
  for (; x > 0; --x) backwards.push_back(Side::both);
  return {backwards.rbegin(), backwards.rend()};
}

// "12,3", and "12" for one line; an empty range is named by the line before it.
std::string range(std::size_t start, std::size_t count) {
  if (count == 1) return std::to_string(start + 1);
  return std::to_string(count == 0 ? start : start + 1) + "," + std::to_string(count);
}

void append_line(std::string& out, Side side, std::string_view line) {
  out += static_cast<char>(side);
  out += line;
  if (line.empty() || line.back() != '\n') out += "\n\\ No newline at end of file\n";
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  if (before == after) return {};
  const Lines a = split(before), b = split(after);
  std::size_t front = 0, back = 0;
  while (front < std::min(a.size(), b.size()) && a[front] == b[front]) ++front;
  while (back < std::min(a.size(), b.size()) - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  std::vector<Side> sides(front, Side::both);
  const std::vector<Side> middle =
      script(Lines(a.begin() + static_cast<std::ptrdiff_t>(front), a.end() - static_cast<std::ptrdiff_t>(back)),
             Lines(b.begin() + static_cast<std::ptrdiff_t>(front), b.end() - static_cast<std::ptrdiff_t>(back)));
  sides.insert(sides.end(), middle.begin(), middle.end());
  sides.insert(sides.end(), back, Side::both);

  std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
  std::size_t at = 0, in_a = 0, in_b = 0;
  const auto skip_to = [&](std::size_t target) {
    for (; at < target; ++at) {
      in_a += sides[at] != Side::after;
      in_b += sides[at] != Side::before;
    }
  };
  for (;;) {
    std::size_t change = at;
    while (change < sides.size() && sides[change] == Side::both) ++change;
    if (change == sides.size()) return out;
    skip_to(std::max(at, change - std::min(change, kContext)));
    // The hunk ends where more than two contexts of equal lines follow.
    std::size_t end = change, equal = 0;
    for (std::size_t i = change; i < sides.size() && equal <= 2 * kContext; ++i) {
      equal = sides[i] == Side::both ? equal + 1 : 0;
      if (equal == 0) end = i + 1;
    }
    end = std::min(end + kContext, sides.size());
    const std::size_t start_a = in_a, start_b = in_b;
    std::string lines;
    for (; at < end; ++at) {
      append_line(lines, sides[at], sides[at] == Side::after ? b[in_b] : a[in_a]);
      in_a += sides[at] != Side::after;
      in_b += sides[at] != Side::before;
    }
    out += "@@ -" + range(start_a, in_a - start_a) + " +" + range(start_b, in_b - start_b) + " @@\n" + lines;
  }
}

}  // namespace awaitd::server
