#include "analysis/knowledge/entries.h"

#include <algorithm>
#include <unordered_map>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

using Column = std::unordered_map<std::string_view, std::string_view>;

// The second column by the first.
Column read(std::string_view table) {
  Column column;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != table) continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
      const std::size_t tab = std::min(line.find('\t'), line.size());
      column.insert_or_assign(line.substr(0, tab), line.substr(std::min(tab + 1, line.size())));
    });
  }
  return column;
}

// Empty if the name has no line.
std::string_view entry_of(const Column& column, std::string_view name) {
  const auto found = column.find(name);
  return found == column.end() ? std::string_view() : found->second;
}

}  // namespace

EntryKind entry_kind(std::string_view context) {
  static const Column entries = read("entries.tsv");
  std::string_view how = entry_of(entries, context);
  if (how.empty()) return EntryKind::many;
  return how == "once" ? EntryKind::once : EntryKind::own_object;
}

bool has_role(std::string_view cls, std::string_view role) {
  static const Column objects = read("objects.tsv");
  std::string_view roles = entry_of(objects, cls);
  for (std::size_t from = 0; from < roles.size();) {
    std::size_t comma = std::min(roles.find(',', from), roles.size());
    if (roles.substr(from, comma - from) == role) return true;
    from = comma + 1;
  }
  return false;
}

}  // namespace awaitd::analysis
