#include "server/files/source_texts.h"

#include <array>
#include <utility>

#include "server/files/discover.h"
#include "server/files/token_scan.h"

namespace awaitd::server {

namespace fs = std::filesystem;

namespace {
constexpr std::size_t kMaxRemembered = 64;  // notes of a project lead to few files again and again
}

void SourceTexts::open(const std::string& path, analysis::Document text) {
  auto shared = std::make_shared<const analysis::Document>(std::move(text));
  const std::lock_guard lock(mutex_);
  open_[path].swap(shared);
}

void SourceTexts::close(const std::string& path) {
  const std::lock_guard lock(mutex_);
  open_.erase(path);
}

SourceTexts::DocumentPtr SourceTexts::opened(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(path);
  return found == open_.end() ? nullptr : found->second;
}

FileText SourceTexts::read(const fs::path& file) const {
  const DocumentPtr text = opened(file.string());
  if (!text) return disk_.read(file);
  FileText out;
  out.text = text->text();
  return out;
}

SourceTexts::DocumentPtr SourceTexts::document(const std::string& path) const {
  if (DocumentPtr text = opened(path)) return text;
  std::error_code error;
  const Stamp stamp{fs::last_write_time(path, error), fs::file_size(path, error)};
  {
    const std::lock_guard lock(mutex_);
    const auto found = remembered_.find(path);
    if (!error && found != remembered_.end() && found->second.stamp == stamp) return found->second.text;
  }
  const FileText file = error ? FileText{} : disk_.read(path);
  if (error || !file.problem.empty()) return nullptr;
  auto text = std::make_shared<const analysis::Document>(file.text);
  const std::lock_guard lock(mutex_);
  if (remembered_.size() >= kMaxRemembered) remembered_.clear();
  remembered_[path] = {stamp, text};
  return text;
}

std::optional<std::string> ProjectFiles::read(const std::string& path) {
  FileText file = texts_->read(path);
  if (!file.problem.empty() || file.text.size() > kMaxImported) return std::nullopt;
  return std::move(file.text);
}

analysis::Files::Kind ProjectFiles::kind(const std::string& path) {
  if (texts_->is_open(path)) return Kind::file;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return Kind::directory;
  return fs::is_regular_file(status) ? Kind::file : Kind::none;  // never a pipe or a device: reading would wait
}

std::vector<std::string> ProjectFiles::below(const std::string& folder) {
  DiscoverOptions options;
  options.base = folder;
  std::vector<std::string> found;
  for (const SourceFile& file : discover({folder}, options).files) found.push_back(file.path.string());
  return found;
}

std::vector<std::string> ProjectFiles::holding(const std::string& folder, std::string_view name) {
  const std::array words{name};
  const TokenScan scan(words);
  std::vector<std::string> found;
  for (std::string& path : below(folder)) {
    if (const auto text = read(path); text && scan.found_in(*text)) found.push_back(std::move(path));
  }
  return found;
}

bool ProjectFiles::changeable(const std::string& path) {
  std::error_code error;
  const fs::perms write = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  const fs::file_status status = fs::status(path, error);
  return !fs::exists(status) || (status.permissions() & write) != fs::perms::none;
}

// Of a package, where no .gitignore has a say: virtualenv writes one that ignores all of it.
std::vector<analysis::Files::Source> ProjectFiles::sources(const std::string& path) {
  std::error_code error;
  std::vector<Source> found;
  const auto add = [&found](const fs::directory_entry& entry) {
    std::error_code unreadable;
    const std::string ending = entry.path().extension().string();
    if ((ending != ".py" && ending != ".pyi") || !entry.is_regular_file(unreadable)) return;
    const std::uintmax_t size = entry.file_size(unreadable);
    if (!unreadable) found.push_back({entry.path().string(), static_cast<std::size_t>(size)});
  };
  const fs::directory_entry top(path, error);
  if (!top.is_directory(error)) add(top);
  fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) add(*at);
  return found;
}

}  // namespace awaitd::server
