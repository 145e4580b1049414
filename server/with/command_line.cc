#include "server/with/command_line.h"

#include <utility>

namespace awaitd::server::with {

std::optional<CommandLine> read_command_line(std::string_view text) {
  CommandLine out;
  std::string word;
  bool in_word = false;  // '' is a word, too
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escapes =
        c == '\\' && quote != '\'' && i + 1 < text.size() && (quote == 0 || text[i + 1] == '"' || text[i + 1] == '\\');
    if (escapes) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) out.words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) out.words.push_back(word);
  if (out.words.empty() || out.words.front().empty()) return std::nullopt;
  const std::string& program = out.words.front();
  out.name = program.substr(program.find_last_of('/') + 1);
  return out;
}

}  // namespace awaitd::server::with
