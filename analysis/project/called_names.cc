#include "analysis/project/called_names.h"

#include <algorithm>

#include "analysis/link/module_index.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxFiles = 4000;  // of a project
constexpr std::size_t kMaxMakers = 12;   // files that make objects of one class
constexpr std::size_t kMaxCallers = 4;   // files that call one function: of more, some will do what the others do not

bool is_word(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_class_name(std::string_view name) {
  const std::size_t letter = name.find_first_not_of('_');
  return letter != std::string_view::npos && name[letter] >= 'A' && name[letter] <= 'Z';
}

// What test code gives to a constructor stands for something else, and its timeouts are its own.
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

// The bases between the parentheses of a class statement.
void add_bases(std::string_view bases, std::vector<std::uint32_t>& names) {
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const std::size_t from = i;
    while (i < bases.size() && is_word(bases[i])) ++i;
    if (is_class_name(bases.substr(from, i - from))) names.push_back(mention_hash(bases.substr(from, i - from)));
  }
}

std::string_view last_name(const Unit& unit, NodeId node) {
  if (node == kNoNode) return {};
  if (unit[node].kind == Kind::attribute) node = unit.child(node, Field::attribute);
  return node != kNoNode && unit[node].kind == Kind::identifier ? unit.text_of(node) : std::string_view();
}

}  // namespace

std::vector<std::uint32_t> called_names(std::string_view text) {
  std::vector<std::uint32_t> names;
  for (std::size_t stop = text.find_first_of("(,)"); stop != std::string_view::npos;
       stop = text.find_first_of("(,)", stop + 1)) {
    std::size_t start = stop;
    while (start > 0 && is_word(text[start - 1])) --start;
    const std::string_view name = text.substr(start, stop - start);
    const std::string_view before = text.substr(0, start);
    if (name.empty() || (name[0] >= '0' && name[0] <= '9') || before.ends_with("def ")) continue;
    if (text[stop] == '(' && before.ends_with("class ")) {
      add_bases(text.substr(stop, text.find(')', stop) - stop), names);
    } else if (text[stop] == '(' || !is_class_name(name)) {
      names.push_back(mention_hash(name));
    }
  }
  settle(names);
  return names;
}

void add_called_names(const Facts& facts, std::vector<std::uint32_t>& names) {
  const auto add = [&](NodeId node) {
    const std::string_view name = last_name(*facts.unit, node);
    if (!name.empty() && !is_class_name(name)) names.push_back(mention_hash(name));
  };
  for (const Call& call : facts.calls) add(call.callee);
  for (const Argument& argument : facts.arguments) add(argument.value);
}

void CalledNames::Index::add(std::uint32_t file, const std::vector<std::uint32_t>& names) {
  for (const std::uint32_t name : names) {
    std::vector<std::uint32_t>& files = callers[name];
    if (files.size() > kMaxMakers || std::find(files.begin(), files.end(), file) != files.end()) continue;
    files.push_back(file);
  }
}

void CalledNames::Index::add(const std::string& path, const std::vector<std::uint32_t>& names) {
  if (is_test_path(path)) return;
  const auto known = std::find(paths.begin(), paths.end(), path);
  const auto file = static_cast<std::uint32_t>(known - paths.begin());
  if (known == paths.end()) paths.push_back(path);
  add(file, names);
}

std::optional<CalledNames::Index> CalledNames::read_all() const {
  Index all;
  all.paths = list_();
  if (all.paths.size() > kMaxFiles) return std::nullopt;
  std::erase_if(all.paths, is_test_path);
  for (std::uint32_t file = 0; file < all.paths.size(); ++file) {
    if (const auto text = read_(all.paths[file])) all.add(file, called_names(*text));
  }
  return all;
}

// Callers hold reading_.
void CalledNames::refresh() {
  unsigned before = 0;
  bool listed = false;
  std::set<std::string> paths;
  {
    const std::lock_guard lock(mutex_);
    before = changes_;
    listed = listed_;
    paths.swap(stale_);
  }
  if (!listed) {
    std::optional<Index> fresh = read_all();
    const std::lock_guard lock(mutex_);
    index_ = std::move(fresh);
    for (const auto& [path, names] : told_) {
      if (index_) index_->add(path, names);
    }
    listed_ = changes_ == before;  // else it is read again
    return;
  }
  for (const std::string& path : paths) {
    const auto text = read_(path);
    const std::lock_guard lock(mutex_);
    if (text && index_) index_->add(path, called_names(*text));
  }
}

std::optional<std::vector<std::string>> CalledNames::files(std::string_view name) {
  const std::lock_guard one(reading_);
  refresh();
  const std::lock_guard lock(mutex_);
  if (!index_) return std::nullopt;
  std::vector<std::string> found;
  const auto callers = index_->callers.find(mention_hash(name));
  if (callers == index_->callers.end()) return found;
  if (callers->second.size() > (is_class_name(name) ? kMaxMakers : kMaxCallers)) return std::nullopt;
  for (const std::uint32_t file : callers->second) found.push_back(index_->paths[file]);
  std::sort(found.begin(), found.end());
  return found;
}

void CalledNames::changed(const std::string& path, const std::vector<std::uint32_t>& names) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  if (listed_ && index_) index_->add(path, names);
  told_[path] = names;
}

void CalledNames::stale(const std::string& path) {
  const std::lock_guard lock(mutex_);
  ++changes_;
  told_.erase(path);
  stale_.insert(path);
}

void CalledNames::forget() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  listed_ = false;
  stale_.clear();
}

}  // namespace awaitd::analysis
