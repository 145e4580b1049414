// What a manager or callable is by its name alone, where nobody can resolve it (scopes.tsv, rows of the form `word`).
// Pure functions of the table; any thread.
#pragma once
#include <algorithm>
#include <span>
#include <string_view>

#include "analysis/knowledge/timeouts.h"

namespace awaitd::analysis {

// `async_timeout`, `Deadline.after`
inline bool says_timeout(std::span<const ScopeFact> scopes, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto same = [&](char a, char b) { return lower(a) == b; };
  return std::any_of(scopes.begin(), scopes.end(), [&](const ScopeFact& row) {
    return row.form == ScopeFact::Form::word &&
           std::search(name.begin(), name.end(), row.name.begin(), row.name.end(), same) != name.end();
  });
}

}  // namespace awaitd::analysis
