#include "analysis/knowledge/entries.h"

#include <algorithm>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

// The second column of a name's line, empty if it has none.
std::string_view entry_of(std::string_view table, std::string_view name) {
  std::string_view found;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != table) continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
      std::size_t tab = line.find('\t');
      if (line.substr(0, tab) == name) found = line.substr(tab + 1);
    });
  }
  return found;
}

}  // namespace

EntryKind entry_kind(std::string_view context) {
  std::string_view how = entry_of("entries.tsv", context);
  if (how.empty()) return EntryKind::many;
  return how == "once" ? EntryKind::once : EntryKind::own_object;
}

bool has_role(std::string_view cls, std::string_view role) {
  std::string_view roles = entry_of("objects.tsv", cls);
  for (std::size_t from = 0; from < roles.size();) {
    std::size_t comma = std::min(roles.find(',', from), roles.size());
    if (roles.substr(from, comma - from) == role) return true;
    from = comma + 1;
  }
  return false;
}

}  // namespace awaitd::analysis
