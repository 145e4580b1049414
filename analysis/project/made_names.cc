#include "analysis/project/made_names.h"

#include <algorithm>

#include "analysis/link/module_index.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxFiles = 4000;  // of a project
constexpr std::size_t kMaxMakers = 12;   // files that make objects of one class

bool is_word(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_class_name(std::string_view name) {
  const std::size_t letter = name.find_first_not_of('_');
  return letter != std::string_view::npos && name[letter] >= 'A' && name[letter] <= 'Z';
}

// What test code gives to a constructor stands for something else.
bool is_test_path(std::string_view path) {
  if (path.ends_with(".py")) path.remove_suffix(3);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (is_test_name(path.substr(0, slash))) return true;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return false;
}

void settle(std::vector<std::uint32_t>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

std::vector<std::uint32_t> made_names(std::string_view text) {
  std::vector<std::uint32_t> names;
  for (std::size_t open = text.find('('); open != std::string_view::npos; open = text.find('(', open + 1)) {
    std::size_t start = open;
    while (start > 0 && is_word(text[start - 1])) --start;
    const std::string_view name = text.substr(start, open - start);
    if (!text.substr(0, start).ends_with("class ")) {
      if (is_class_name(name)) names.push_back(mention_hash(name));
      continue;
    }
    const std::string_view bases = text.substr(open, text.find(')', open) - open);
    for (std::size_t i = 0; i < bases.size(); ++i) {
      const std::size_t from = i;
      while (i < bases.size() && is_word(bases[i])) ++i;
      if (is_class_name(bases.substr(from, i - from))) names.push_back(mention_hash(bases.substr(from, i - from)));
    }
  }
  settle(names);
  return names;
}

std::optional<MadeNames::Names> MadeNames::read_all() const {
  const std::vector<std::string> paths = list_();
  if (paths.size() > kMaxFiles) return std::nullopt;
  Names all;
  for (const std::string& path : paths) {
    if (is_test_path(path)) continue;
    if (const auto text = read_(path)) all[path] = made_names(*text);
  }
  return all;
}

std::optional<std::vector<std::string>> MadeNames::files(std::string_view name) {
  const std::lock_guard one(reading_);
  unsigned before = 0;
  bool listed = false;
  {
    const std::lock_guard lock(mutex_);
    before = changes_;
    listed = listed_;
  }
  std::optional<Names> fresh;
  if (!listed) fresh = read_all();
  const std::lock_guard lock(mutex_);
  if (!listed) {
    names_ = std::move(fresh);
    listed_ = changes_ == before;  // else it is read again
  }
  if (!names_) return std::nullopt;
  const std::uint32_t hash = mention_hash(name);
  std::vector<std::string> found;
  for (const auto& [path, names] : *names_) {
    if (!std::binary_search(names.begin(), names.end(), hash)) continue;
    if (found.size() == kMaxMakers) return std::nullopt;
    found.push_back(path);
  }
  return found;
}

void MadeNames::changed(const std::string& path, std::vector<std::uint32_t> names) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  if (!listed_ || !names_ || is_test_path(path)) return;
  settle(names);
  (*names_)[path] = std::move(names);
}

void MadeNames::forget() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  listed_ = false;
}

}  // namespace awaitd::analysis
