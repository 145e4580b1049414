// Source files as the user sees them: the text of an open document before the disk. SourceTexts is what the server and
// the command line read through; ProjectFiles is how the analysis sees it. Paths are absolute, with '/'. Thread-safe;
// the disk is never touched while a lock is held. Nothing throws.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/project.h"
#include "analysis/text/document.h"
#include "server/files/files.h"

namespace awaitd::server {

class SourceTexts final : public Files {
 public:
  using DocumentPtr = std::shared_ptr<const analysis::Document>;

  // From now on `text` is what the file holds, until close().
  void open(const std::string& path, analysis::Document text);
  void close(const std::string& path);
  bool is_open(const std::string& path) const { return opened(path) != nullptr; }

  FileText read(const std::filesystem::path& file) const override;
  // The text with its lines, to find places in; null if there is none. A few files are remembered until they change.
  DocumentPtr document(const std::string& path) const;

 private:
  struct Stamp {
    std::filesystem::file_time_type written;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Remembered {
    Stamp stamp;
    DocumentPtr text;
  };
  DocumentPtr opened(const std::string& path) const;

  mutable std::mutex mutex_;
  std::map<std::string, DocumentPtr> open_;
  mutable std::map<std::string, Remembered> remembered_;
  DiskFiles disk_;
};

inline constexpr std::size_t kMaxImported = 10u << 20;  // bytes; larger modules count as empty

class ProjectFiles final : public analysis::Files {
 public:
  explicit ProjectFiles(std::shared_ptr<const SourceTexts> texts) : texts_(std::move(texts)) {}
  std::optional<std::string> read(const std::string& path) override;
  Kind kind(const std::string& path) override;
  std::vector<std::string> below(const std::string& folder) override;
  std::vector<std::string> holding(const std::string& folder, std::string_view name) override;
  bool changeable(const std::string& path) override;
  std::vector<Source> sources(const std::string& path) override;

 private:
  const std::shared_ptr<const SourceTexts> texts_;
};

}  // namespace awaitd::server
