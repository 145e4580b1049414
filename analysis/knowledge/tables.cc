#include "analysis/knowledge/tables.h"

#include <algorithm>
#include <iterator>

#include "analysis/knowledge/coroutines.h"
#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

std::uint32_t at(std::size_t row) { return static_cast<std::uint32_t>(row); }

template <typename Row, typename Key>
void index_rows(NameIndex& index, const std::vector<Row>& rows, Key&& key) {
  index.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) index.add(key(rows[i]), at(i));
}

// Adds the user's rows; they replace embedded ones of the same key.
template <typename Row, typename Key>
void merge(std::vector<Row>& rows, std::vector<Row>& mine, Key&& key) {
  if (mine.empty()) return;
  const auto less = [&](const Row& a, const Row& b) { return key(a) < key(b); };
  // Stable, and not std::stable_sort: clang warns of what GCC 12's one is made of.
  for (auto next = mine.begin(); next != mine.end(); ++next)
    std::rotate(std::upper_bound(mine.begin(), next, *next, less), next, next + 1);
  std::erase_if(rows, [&](const Row& row) { return std::binary_search(mine.begin(), mine.end(), row, less); });
  std::vector<Row> all;
  all.reserve(rows.size() + mine.size());
  std::merge(rows.begin(), rows.end(), mine.begin(), mine.end(), std::back_inserter(all), less);
  rows = std::move(all);
}

std::string_view table_of(std::string_view file) { return file.substr(0, file.find('.')); }

constexpr auto blocking_key = [](const BlockingFact& row) { return row.name; };
constexpr auto type_key = [](const TypeFact& row) { return std::pair(row.producer, row.how); };
constexpr auto context_key = [](const ContextFact& row) { return row.name; };
constexpr auto alias_key = [](const AliasRow& row) { return row.other; };
constexpr auto base_key = [](const BaseRow& row) { return std::pair(row.cls, row.base); };

// Neighbours in a sorted table mostly share their owner, so little is hashed.
template <typename Row, typename Key>
void add_owners(NameIndex& roots, NameIndex& owners, const std::vector<Row>& rows, Key&& key) {
  std::string_view last;
  for (const Row& row : rows) {
    const std::string_view name = key(row);
    const std::size_t end = name.rfind('.');
    const std::string_view owner = name.substr(0, end);
    if (owner == last) continue;
    last = owner;
    roots.add(name.substr(0, name.find('.')), 0);
    if (end == std::string_view::npos || owners.contains(owner)) continue;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1))
      owners.add(name.substr(0, dot), 0);
  }
}

}  // namespace

void Knowledge::Tables::read_embedded(std::vector<std::string>& problems) {
  rows.blocking.reserve(2560);
  rows.types.reserve(1280);
  rows.contexts.reserve(320);
  rows.aliases.reserve(640);
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    const EmbeddedFile& file = knowledge_files[i];
    if (is_in_place_table(file.name)) continue;
    for_each_line(file.text, [&](int number, std::string_view line) {
      const std::string problem = read_row(rows, table_of(file.name), line, true);
      if (!problem.empty()) problems.push_back(std::string(file.name) + ":" + std::to_string(number) + ": " + problem);
    });
  }
}

void Knowledge::Tables::index_aliases() {
  aliases = NameIndex();
  index_rows(aliases, rows.aliases, alias_key);
  for (const AliasRow& row : rows.aliases) alias_roots.add(row.other.substr(0, row.other.find('.')), 0);
}

bool Knowledge::Tables::remove(std::string_view table, std::string_view name) {
  std::string scratch;
  const std::string_view wanted = canonical(name, scratch);
  if (table == "blocking")
    return std::erase_if(rows.blocking, [&](const BlockingFact& row) { return row.name == wanted; }) != 0;
  if (table == "contexts")
    return std::erase_if(rows.contexts, [&](const ContextFact& row) { return row.name == wanted; }) != 0;
  if (table == "types")
    return std::erase_if(rows.types, [&](const TypeFact& row) { return row.producer == wanted; }) != 0;
  return false;
}

void Knowledge::Tables::read_user(std::string_view lines, std::vector<std::string>& problems) {
  user_text = lines;
  Rows mine;
  for_each_line(user_text, [&](int number, std::string_view line) {
    const auto complain = [&](const std::string& what) {
      problems.push_back("line " + std::to_string(number) + ": " + what);
    };
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos)
      return complain("expected a table and a row with tabs between, for example blocking<tab>my.module.call");
    const std::string_view table = line.substr(0, tab);
    const std::string_view row = line.substr(tab + 1);
    if (!table.starts_with('-')) {
      if (const std::string problem = read_row(mine, table, row, false); !problem.empty()) complain(problem);
    } else if (!remove(table.substr(1), row)) {
      complain("nothing to remove: expected -blocking, -contexts or -types and the name of a row, not '" +
               std::string(row) + "'");
    }
  });
  const auto own = [&](std::string_view& name) {
    std::string scratch;
    if (const std::string_view found = canonical(name, scratch); found != name) name = names.emplace_back(found);
  };
  for (BlockingFact& row : mine.blocking) own(row.name);
  for (TypeFact& row : mine.types) own(row.producer);
  for (ContextFact& row : mine.contexts) own(row.name);
  for (BaseRow& row : mine.bases) own(row.base);
  merge(rows.blocking, mine.blocking, blocking_key);
  merge(rows.types, mine.types, type_key);
  merge(rows.contexts, mine.contexts, context_key);
  merge(rows.aliases, mine.aliases, alias_key);
  merge(rows.bases, mine.bases, base_key);
  rows.classes.insert(rows.classes.end(), mine.classes.begin(), mine.classes.end());
  rows.versions = std::move(mine.versions);
  rows.tokens.insert(rows.tokens.end(), mine.tokens.begin(), mine.tokens.end());
}

void Knowledge::Tables::index_owners() {
  roots.reserve(512);
  owners.reserve(2048);
  add_owners(roots, owners, rows.blocking, blocking_key);
  add_owners(roots, owners, rows.types, [](const TypeFact& row) { return row.producer; });
  add_owners(roots, owners, rows.contexts, context_key);
  add_owners(roots, owners, rows.loops, [](const LoopFact& row) { return row.name; });
  add_owners(roots, owners, rows.aliases, alias_key);
  add_owners(roots, owners, rows.bases, [](const BaseRow& row) { return row.cls; });
  add_owners(roots, owners, rows.timeouts, [](const TimeoutFact& row) { return row.name; });
  add_owners(roots, owners, rows.scopes, [](const ScopeFact& row) { return row.name; });
  add_owners(roots, owners, rows.classes, [](const ClassRow& row) { return row.cls; });
}

void Knowledge::Tables::index() {
  index_aliases();
  blocking.reserve(rows.blocking.size());
  for (std::size_t i = 0; i < rows.blocking.size(); ++i) {
    const std::string_view name = rows.blocking[i].name;
    if (name.ends_with(".**"))
      subtrees.add(name.substr(0, name.size() - 3), at(i));
    else if (name.ends_with(".*"))
      methods.add(name.substr(0, name.size() - 2), at(i));
    else
      blocking.add(name, at(i));
  }
  index_rows(types, rows.types, [](const TypeFact& row) { return row.producer; });
  index_rows(contexts, rows.contexts, context_key);
  for (const ContextFact& row : rows.contexts) {
    if (row.role == Role::schedule_sync) schedulers.push_back(row.name.substr(row.name.rfind('.') + 1));
  }
  std::sort(schedulers.begin(), schedulers.end());
  index_rows(bases, rows.bases, [](const BaseRow& row) { return row.cls; });
  index_rows(equivalents, rows.equivalents, [](const EquivalentRow& row) { return row.code; });
  const auto row_name = [](const auto& row) { return row.name; };
  const auto last_part = [](const auto& row) { return row.name.substr(row.name.rfind('.') + 1); };
  index_rows(loops, rows.loops, row_name);
  index_rows(loop_words, rows.loops, last_part);
  index_rows(deprecations, rows.deprecations, row_name);
  for (const Deprecation& row : rows.deprecations) {
    if (row.argument.empty()) deprecated_words.add(last_part(row), 0);
  }
  index_rows(builtins, rows.builtins, [](std::string_view name) { return name; });
  index_rows(modules, rows.modules, [](std::string_view name) { return name; });
  classes.reserve(rows.classes.size() + rows.bases.size() * 2 + rows.types.size());
  for (const ClassRow& row : rows.classes) classes.add(row.cls, 0);
  for (const BaseRow& row : rows.bases) {
    classes.add(row.cls, 0);
    classes.add(row.base, 0);
    base_names.push_back(row.base);
  }
  for (const TypeFact& row : rows.types)
    for_each_result(row.result, [&](std::string_view one) {
      if (is_class_name(one)) classes.add(one, 0);
    });
  std::sort(rows.classes.begin(), rows.classes.end(), [](const auto& a, const auto& b) { return a.cls < b.cls; });
  index_owners();
  index_timeouts();
  // What lets loops run in loops is of interest wherever it stands.
  for (const LoopFact& row : rows.loops) {
    if (row.role == LoopRole::patch) rows.tokens.push_back(row.name.substr(0, row.name.find('.')));
  }
  const auto scanned = words_for("scanned");
  rows.tokens.insert(rows.tokens.end(), scanned.begin(), scanned.end());
  std::sort(rows.tokens.begin(), rows.tokens.end());
  rows.tokens.erase(std::unique(rows.tokens.begin(), rows.tokens.end()), rows.tokens.end());
}

std::string_view Knowledge::Tables::canonical(std::string_view origin, std::string& scratch) const {
  if (!alias_roots.contains(origin.substr(0, origin.find('.')))) return origin;
  for (std::size_t length = origin.size(); length != 0 && length != std::string_view::npos;
       length = origin.rfind('.', length - 1)) {
    const std::uint32_t row = aliases.find(origin.substr(0, length));
    if (row == NameIndex::none) continue;
    if (length == origin.size()) return rows.aliases[row].name;
    scratch.assign(rows.aliases[row].name).append(origin.substr(length));
    return scratch;
  }
  return origin;
}

std::span<const std::string_view> Knowledge::Tables::bases_of(std::string_view cls) const {
  const std::uint32_t first = bases.find(cls);
  if (first == NameIndex::none) return {};
  std::size_t end = first;
  while (end < rows.bases.size() && rows.bases[end].cls == cls) ++end;
  return std::span(base_names).subspan(first, end - first);
}

std::vector<std::string_view> Knowledge::Tables::ancestry(std::string_view cls) const {
  std::vector<std::string_view> all{cls};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const std::string_view base : bases_of(all[i]))
      if (std::find(all.begin(), all.end(), base) == all.end()) all.push_back(base);
  return all;
}

}  // namespace awaitd::analysis
