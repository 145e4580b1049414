// The lines of one .gitignore (or of --exclude): which paths below its folder they leave out, as git reads them
// (gitignore(5)): #, !, \, trailing /, anchoring by any inner or leading /, *, ?, [...], **. The last line that fits
// decides. Paths are relative to the folder, with / between the parts and bytes as they are. Immutable; thread-safe.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::server {

// One part of a path against one part of a pattern: * ? [a-z] [!a] [[:digit:]] and \ before what is meant literally.
bool matches_part(std::string_view pattern, std::string_view text);

class IgnoreList {
 public:
  enum class Verdict : std::uint8_t { silent, ignored, kept };

  explicit IgnoreList(std::string_view text = {});
  bool empty() const { return patterns_.empty(); }
  // Of the path itself; that a folder above it is ignored is the walker's business, which then never comes here.
  Verdict match(std::string_view path, bool is_folder) const;

 private:
  struct Pattern {
    std::vector<std::string> parts;  // "**" stands alone
    bool kept = false;               // "!"
    bool folders_only = false;
    bool anchored = false;  // against the whole path; otherwise against its last part
  };
  void add(std::string_view line);
  static bool fits(const Pattern& pattern, const std::vector<std::string_view>& path);

  std::vector<Pattern> patterns_;
};

}  // namespace awaitd::server
