// What parts of names tell, where a name is all there is (words.tsv). Pure functions of the embedded table; any thread.
#pragma once
#include <span>
#include <string_view>

namespace awaitd::analysis {

// The words of one purpose ("limits"); empty if the table does not know it.
std::span<const std::string_view> words_for(std::string_view purpose);
// True if the text holds one of them, starts with one, or is one of them.
bool holds_word_for(std::string_view purpose, std::string_view text);
bool starts_with_word_for(std::string_view purpose, std::string_view text);
bool is_word_for(std::string_view purpose, std::string_view text);

}  // namespace awaitd::analysis
