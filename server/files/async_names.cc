#include "server/files/async_names.h"

#include "server/files/identifiers.h"

namespace awaitd::server {

void AsyncNames::add(std::string_view text) {
  constexpr std::string_view kBefore = "async def ";
  for (std::size_t at = text.find(kBefore); at != std::string_view::npos; at = text.find(kBefore, at)) {
    at += kBefore.size();
    const std::string_view name = next_identifier(text, at);
    if (!name.starts_with("__")) names_.emplace(name);  // called by the language, and by everybody
  }
}

bool AsyncNames::called_in(std::string_view text) const {
  if (names_.empty()) return false;
  std::string_view before;
  for (std::size_t at = 0;;) {
    const std::string_view word = next_identifier(text, at);
    if (word.empty()) return false;
    const bool called = at < text.size() && text[at] == '(' && before != "def";
    if (called && names_.find(word) != names_.end()) return true;
    before = word;
  }
}

}  // namespace awaitd::server
