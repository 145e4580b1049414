// Which rules the project's other linters (Ruff, flake8 with flake8-async) are set to report, for overlap = "defer". Reads the
// disk; belongs to one search for a configuration. What cannot be read counts as not reported: better twice than never.
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace awaitd::server {

// Prefixes of codes; the longest one that fits decides, as with both linters.
struct RuleChoice {
  std::vector<std::string> on, off;
  bool families = false;  // Ruff's: the letters are a family as a whole, "A" (builtins) does not begin "ASYNC"
  bool chooses(std::string_view code) const;
};

class OtherLinters {
 public:
  // Ruff's own table: ruff.toml, or pyproject.toml [tool.ruff].
  void take_ruff(const nlohmann::json& ruff);
  // flake8's configuration and the signs of the plugin in this folder; the nearest folder with such signs counts.
  void look_for_flake8(const std::filesystem::path& folder, const nlohmann::json& pyproject);
  // The codes of linters.tsv that are reported.
  std::set<std::string, std::less<>> reported() const;

 private:
  std::optional<RuleChoice> ruff_, flake8_;
  bool ruff_preview_ = false;
};

}  // namespace awaitd::server
