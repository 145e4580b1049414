// The command of another server as `--with` was given it: words separated by blanks, with '...', "..." and backslashes
// as in a shell, and nothing else of a shell (no variables, no globs). Plain values.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace awaitd::server::with {

struct CommandLine {
  std::vector<std::string> words;  // at least one
  std::string name;                // what it is called in messages and settings: the program without its folder
};

// Nothing: a quote that does not end, or no word at all.
std::optional<CommandLine> read_command_line(std::string_view text);

}  // namespace awaitd::server::with
