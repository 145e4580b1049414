#include "analysis/knowledge/words.h"

#include <algorithm>
#include <map>
#include <vector>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

using Lists = std::map<std::string_view, std::vector<std::string_view>>;

Lists read() {
  Lists lists;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != "words.tsv") continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
      const std::size_t tab = line.find('\t');
      std::vector<std::string_view>& list = lists[line.substr(0, tab)];
      for (std::string_view rest = line.substr(tab + 1); !rest.empty();) {
        const std::size_t space = std::min(rest.find(' '), rest.size());
        list.push_back(rest.substr(0, space));
        rest.remove_prefix(std::min(space + 1, rest.size()));
      }
    });
  }
  return lists;
}

}  // namespace

std::span<const std::string_view> words_for(std::string_view purpose) {
  static const Lists lists = read();
  const auto found = lists.find(purpose);
  return found == lists.end() ? std::span<const std::string_view>() : found->second;
}

bool holds_word_for(std::string_view purpose, std::string_view text) {
  const auto words = words_for(purpose);
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool starts_with_word_for(std::string_view purpose, std::string_view text) {
  const auto words = words_for(purpose);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.starts_with(word); });
}

bool is_word_for(std::string_view purpose, std::string_view text) {
  const auto words = words_for(purpose);
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace awaitd::analysis
