#include "server/files/ignore_list.h"

#include <cctype>
#include <iterator>

namespace awaitd::server {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool in_named_class(std::string_view name, unsigned char c) {
  struct Class {
    std::string_view name;
    int (*test)(int);
  };
  constexpr Class kClasses[] = {{"alnum", std::isalnum}, {"alpha", std::isalpha}, {"blank", std::isblank},
                                {"cntrl", std::iscntrl}, {"digit", std::isdigit}, {"graph", std::isgraph},
                                {"lower", std::islower}, {"print", std::isprint}, {"punct", std::ispunct},
                                {"space", std::isspace}, {"upper", std::isupper}, {"xdigit", std::isxdigit}};
  for (const Class& one : kClasses) {
    if (one.name == name) return one.test(c) != 0;
  }
  return false;
}

// pattern[at] is '['. Says whether c is in the set, and sets `at` behind it; kNone if the set never ends (then the
// pattern matches nothing, as in git).
bool in_set(std::string_view pattern, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  const auto byte = [](char x) { return static_cast<unsigned char>(x); };
  for (bool first = true;; first = false) {
    if (i >= pattern.size()) return at = kNone, false;
    if (pattern[i] == ']' && !first) break;
    if (pattern.substr(i, 2) == "[:") {
      const std::size_t end = pattern.find(":]", i + 2);
      if (end != kNone) {
        found |= in_named_class(pattern.substr(i + 2, end - i - 2), byte(c));
        i = end + 2;
        continue;
      }
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      high = pattern[i++];
    }
    found |= byte(low) <= byte(c) && byte(c) <= byte(high);
  }
  at = i + 1;
  return found != negated;
}

// Whether pattern[at] (no star) takes c; `at` moves behind it.
bool takes(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') return ++at, true;
  if (pattern[at] == '[') return in_set(pattern, at, c);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t slash; (slash = path.find('/')) != kNone; path.remove_prefix(slash + 1)) {
    parts.push_back(path.substr(0, slash));
  }
  parts.push_back(path);
  return parts;
}

}  // namespace

bool matches_part(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = kNone, star_text = 0;  // only the last star is ever worth going back to
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    std::size_t next = p;
    if (p < pattern.size() && takes(pattern, next, text[t])) {
      p = next;
      ++t;
    } else if (next == kNone || star == kNone) {
      return false;
    } else {
      p = star;
      t = ++star_text;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

IgnoreList::IgnoreList(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (end != kNone && !line.empty() && line.back() == '\r') line.remove_suffix(1);
    add(line);
    text.remove_prefix(end == kNone ? text.size() : end + 1);
  }
}

void IgnoreList::add(std::string_view line) {
  if (line.empty() || line.front() == '#') return;
  // Blanks at the end do not count, unless a backslash stands before them.
  while (!line.empty() && line.back() == ' ') {
    std::size_t backslashes = 0;
    while (backslashes + 1 < line.size() && line[line.size() - 2 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 1) break;
    line.remove_suffix(1);
  }
  Pattern pattern;
  if (!line.empty() && line.front() == '!') {
    pattern.kept = true;
    line.remove_prefix(1);
  }
  if (!line.empty() && line.back() == '/') {
    pattern.folders_only = true;
    line.remove_suffix(1);
  }
  pattern.anchored = line.find('/') != kNone;
  if (!line.empty() && line.front() == '/') line.remove_prefix(1);
  if (line.empty()) return;
  for (const std::string_view part : split(line)) {
    // Two in a row mean the same as one.
    if (part == "**" && !pattern.parts.empty() && pattern.parts.back() == "**") continue;
    pattern.parts.emplace_back(part);
  }
  patterns_.push_back(std::move(pattern));
}

// As matches_part(), with "**" as the star and parts as the letters.
bool IgnoreList::fits(const Pattern& pattern, const std::vector<std::string_view>& path) {
  const std::vector<std::string>& parts = pattern.parts;
  std::size_t p = 0, t = 0, star = kNone, star_path = 0;
  while (t < path.size()) {
    if (p < parts.size() && parts[p] == "**") {
      if (p + 1 == parts.size()) return true;  // "a/**": everything inside, and something is left
      star = ++p;
      star_path = t;
    } else if (p < parts.size() && matches_part(parts[p], path[t])) {
      ++p;
      ++t;
    } else if (star == kNone) {
      return false;
    } else {
      p = star;
      t = ++star_path;
    }
  }
  return p == parts.size();
}

IgnoreList::Verdict IgnoreList::match(std::string_view path, bool is_folder) const {
  const std::vector<std::string_view> parts = split(path);
  for (auto it = patterns_.rbegin(); it != patterns_.rend(); ++it) {
    if (it->folders_only && !is_folder) continue;
    const bool fit = it->anchored ? fits(*it, parts) : matches_part(it->parts.front(), parts.back());
    if (fit) return it->kept ? Verdict::kept : Verdict::ignored;
  }
  return Verdict::silent;
}

}  // namespace awaitd::server
