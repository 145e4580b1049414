// Look-ups in loops.tsv and deprecations.tsv.
#include "analysis/knowledge/loops.h"

#include <algorithm>

#include "analysis/knowledge/tables.h"

namespace awaitd::analysis {
namespace {

template <typename Row>
std::span<const Row> rows_of(const std::vector<Row>& rows, const NameIndex& index, std::string_view name) {
  const std::uint32_t first = index.find(name);
  if (first == NameIndex::none) return {};
  std::size_t end = first;
  while (end < rows.size() && rows[end].name == name) ++end;
  return std::span(rows).subspan(first, end - first);
}

}  // namespace

std::span<const LoopFact> Knowledge::loop_facts(std::string_view origin) const {
  const Tables& t = *tables_;
  if (t.foreign(origin)) return {};
  std::string scratch;
  const std::string_view name = t.canonical(origin, scratch);
  std::span<const LoopFact> found = rows_of(t.rows.loops, t.loops, name);
  const std::size_t dot = name.rfind('.');
  if (!found.empty() || dot == std::string_view::npos) return found;
  t.any_ancestor(name.substr(0, dot), [&](std::string_view cls) {
    std::string inherited(cls);
    inherited.append(name.substr(dot));
    found = rows_of(t.rows.loops, t.loops, inherited);
    return !found.empty();
  });
  return found;
}

const LoopFact* Knowledge::loop_fact(std::string_view origin, LoopRole role) const {
  for (const LoopFact& fact : loop_facts(origin)) {
    if (fact.role == role) return &fact;
  }
  return nullptr;
}

bool Knowledge::is_loop_word(std::string_view last) const { return tables_->loop_words.contains(last); }

std::span<const Deprecation> Knowledge::deprecations(std::string_view origin) const {
  const Tables& t = *tables_;
  if (t.foreign(origin)) return {};
  std::string scratch;
  return rows_of(t.rows.deprecations, t.deprecations, t.canonical(origin, scratch));
}

std::span<const LoopFact> Knowledge::loop_rows() const { return tables_->rows.loops; }

std::string_view Knowledge::injected(std::string_view cls, std::string_view parameter) const {
  std::string scratch;
  const Tables& t = *tables_;
  std::string_view type;
  t.any_ancestor(t.canonical(cls, scratch), [&](std::string_view one) {
    for (const InjectedRow& row : t.rows.injected) {
      if (row.cls == one && row.parameter == parameter) type = row.type;
    }
    return !type.empty();
  });
  return type;
}

bool Knowledge::is_injected_word(std::string_view last) const {
  const auto& rows = tables_->rows.injected;
  return std::any_of(rows.begin(), rows.end(), [&](const InjectedRow& row) {
    std::string_view types = row.type;
    while (!types.empty()) {
      const std::string_view type = types.substr(0, types.find('|'));
      if (type.substr(type.rfind('.') + 1) == last) return true;
      types.remove_prefix(std::min(types.size(), type.size() + 1));
    }
    return false;
  });
}

bool Knowledge::is_async_class(std::string_view origin) const {
  std::string scratch;
  const auto& classes = tables_->rows.classes;
  return tables_->any_ancestor(tables_->canonical(origin, scratch), [&](std::string_view cls) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), cls,
                                     [](const ClassRow& row, std::string_view name) { return row.cls < name; });
    return at != classes.end() && at->cls == cls && at->nature == "async";
  });
}

bool Knowledge::is_deprecated_word(std::string_view last) const { return tables_->deprecated_words.contains(last); }

}  // namespace awaitd::analysis
