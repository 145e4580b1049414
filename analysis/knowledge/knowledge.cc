#include "analysis/knowledge/knowledge.h"

#include <algorithm>

#include "analysis/knowledge/tables.h"

namespace awaitd::analysis {
namespace {

struct Split {
  std::string_view owner;
  std::string_view member;
};
Split split(std::string_view origin) {
  const std::size_t dot = origin.rfind('.');
  if (dot == std::string_view::npos) return {{}, origin};
  return {origin.substr(0, dot), origin.substr(dot + 1)};
}

std::string join(std::string_view owner, std::string_view member) {
  std::string name;
  name.reserve(owner.size() + 1 + member.size());
  return name.append(owner).append(1, '.').append(member);
}

// Wildcards stand for the blocking half of a class: private names and async twins are never meant.
bool public_sync(std::string_view member) {
  return !member.starts_with('_') && !member.ends_with("_async") && !member.starts_with("async_");
}
bool method_like(std::string_view member) {
  return public_sync(member) && !(member.front() >= 'A' && member.front() <= 'Z');
}

template <typename Row>
const Row* named_row(const std::vector<Row>& rows, std::string_view name) {
  const auto at = std::partition_point(rows.begin(), rows.end(), [&](const Row& row) { return row.name < name; });
  return at != rows.end() && at->name == name ? &*at : nullptr;
}

template <typename Row>
const Row* row_at(const std::vector<Row>& rows, std::uint32_t row) {
  return row == NameIndex::none ? nullptr : &rows[row];
}

}  // namespace

std::shared_ptr<const Knowledge> Knowledge::builtin() {
  static const std::shared_ptr<const Knowledge> shared = [] {
    auto tables = std::make_shared<Tables>();
    std::vector<std::string> problems;
    tables->read_embedded(problems);
    tables->index();
    auto knowledge = std::make_shared<Knowledge>();
    knowledge->tables_ = std::move(tables);
    return knowledge;
  }();
  return shared;
}

std::shared_ptr<const Knowledge> Knowledge::with_user_lines(std::string_view lines,
                                                            std::vector<std::string>& problems) {
  auto tables = std::make_shared<Tables>();
  std::vector<std::string> embedded;
  tables->read_embedded(embedded);
  tables->index_aliases();
  tables->read_user(lines, problems);
  tables->index();
  auto knowledge = std::make_shared<Knowledge>();
  knowledge->tables_ = std::move(tables);
  return knowledge;
}

std::string Knowledge::canonical(std::string_view origin) const {
  std::string scratch;
  return std::string(tables_->canonical(origin, scratch));
}

const BlockingFact* Knowledge::fact(std::string_view origin) const {
  std::string scratch;
  const Tables& t = *tables_;
  if (t.foreign(origin)) return nullptr;
  const std::string_view name = t.canonical(origin, scratch);
  const BlockingFact* found = nullptr;
  const auto look = [&](const NameIndex& index, std::string_view key) {
    if (found == nullptr) found = row_at(t.rows.blocking, index.find(key));
    return found != nullptr;
  };
  // A subclass is built as its base is.
  if (t.any_ancestor(name, [&](std::string_view cls) { return look(t.blocking, cls); })) return found;
  const auto [owner, member] = split(name);
  if (owner.empty()) return nullptr;
  const bool wild = method_like(member);
  const auto inherited = [&, own = owner, method = member](std::string_view cls) {
    return (cls != own && look(t.blocking, join(cls, method))) || (wild && look(t.methods, cls));
  };
  if (t.any_ancestor(owner, inherited)) return found;
  if (t.subtrees.empty() || !public_sync(member)) return nullptr;
  for (std::string_view prefix = owner; !prefix.empty(); prefix = split(prefix).owner)
    if (t.any_ancestor(prefix, [&](std::string_view cls) { return look(t.subtrees, cls); })) return found;
  return nullptr;
}

const BlockingFact* Knowledge::blocking(std::string_view origin) const {
  const BlockingFact* found = fact(origin);
  return found != nullptr && !found->silent ? found : nullptr;
}

std::span<const std::string_view> Knowledge::bases(std::string_view cls) const {
  std::string scratch;
  return tables_->bases_of(tables_->canonical(cls, scratch));
}

bool Knowledge::is_subclass(std::string_view cls, std::string_view base) const {
  std::string scratch, base_scratch;
  const std::string_view wanted = tables_->canonical(base, base_scratch);
  const auto all = tables_->ancestry(tables_->canonical(cls, scratch));
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

std::vector<const TypeFact*> Knowledge::results(std::string_view producer, How how) const {
  std::string scratch;
  const Tables& t = *tables_;
  std::vector<const TypeFact*> found;
  if (t.foreign(producer)) return found;
  const std::string_view name = t.canonical(producer, scratch);
  const auto collect = [&](std::string_view exact) {
    const std::uint32_t first = t.types.find(exact);
    if (first == NameIndex::none) return false;
    for (std::size_t i = first; i < t.rows.types.size() && t.rows.types[i].producer == exact; ++i)
      if (t.rows.types[i].how == how) found.push_back(&t.rows.types[i]);
    return !found.empty();
  };
  if (t.any_ancestor(name, collect)) return found;
  const auto [owner, member] = split(name);
  if (owner.empty()) return found;
  t.any_ancestor(owner, [&, own = owner, method = member](std::string_view cls) {
    return cls != own && collect(join(cls, method));
  });
  return found;
}

const ContextFact* Knowledge::context(std::string_view origin) const {
  std::string scratch;
  const Tables& t = *tables_;
  if (t.foreign(origin)) return nullptr;
  const std::string_view name = t.canonical(origin, scratch);
  const ContextFact* found = nullptr;
  const auto look = [&](std::string_view key) {
    found = row_at(t.rows.contexts, t.contexts.find(key));
    return found != nullptr;
  };
  if (t.any_ancestor(name, look)) return found;
  const auto [owner, member] = split(name);
  if (owner.empty()) return nullptr;
  t.any_ancestor(
      owner, [&, own = owner, method = member](std::string_view cls) { return cls != own && look(join(cls, method)); });
  return found;
}

bool Knowledge::names_scheduler(std::string_view last) const {
  return std::binary_search(tables_->schedulers.begin(), tables_->schedulers.end(), last);
}

const LockFact* Knowledge::lock(std::string_view cls) const {
  std::string scratch;
  for (std::string_view one : tables_->ancestry(tables_->canonical(cls, scratch))) {
    for (const LockFact& row : tables_->rows.locks) {
      if (row.name == one) return &row;
    }
  }
  return nullptr;
}

const ExceptionFact* Knowledge::exception(std::string_view cls) const {
  std::string scratch;
  return named_row(tables_->rows.exceptions, tables_->canonical(cls, scratch));
}

std::span<const ExceptionFact> Knowledge::exceptions() const { return tables_->rows.exceptions; }

const ManagerFact* Knowledge::manager(std::string_view context) const {
  std::string scratch;
  return named_row(tables_->rows.managers, tables_->canonical(context, scratch));
}

std::span<const AsyncLibrary> Knowledge::libraries() const { return tables_->rows.libraries; }

bool Knowledge::is_class(std::string_view origin) const {
  std::string scratch;
  return tables_->classes.contains(tables_->canonical(origin, scratch));
}

bool Knowledge::is_builtin_name(std::string_view name) const { return tables_->builtins.contains(name); }

bool Knowledge::is_standard_module(std::string_view top_level) const { return tables_->modules.contains(top_level); }

std::span<const Twin> Knowledge::twins(std::string_view origin) const {
  const std::vector<Twin>& rows = tables_->rows.twins;
  const auto first = std::partition_point(rows.begin(), rows.end(), [&](const Twin& row) { return row.name < origin; });
  const auto last = std::find_if(first, rows.end(), [&](const Twin& row) { return row.name != origin; });
  return std::span(rows).subspan(static_cast<std::size_t>(first - rows.begin()),
                                 static_cast<std::size_t>(last - first));
}

bool Knowledge::knows(std::string_view origin) const {
  std::string scratch;
  if (tables_->foreign(origin)) return false;
  const std::string_view name = tables_->canonical(origin, scratch);
  return tables_->owners.contains(name) || tables_->classes.contains(name);
}

std::span<const std::string_view> Knowledge::equivalents(std::string_view code) const {
  const auto* row = row_at(tables_->rows.equivalents, tables_->equivalents.find(code));
  return row == nullptr ? std::span<const std::string_view>() : row->codes;
}

std::span<const std::string_view> Knowledge::scan_tokens() const { return tables_->rows.tokens; }
std::span<const BlockingFact> Knowledge::blocking_facts() const { return tables_->rows.blocking; }
std::span<const TypeFact> Knowledge::type_facts() const { return tables_->rows.types; }
std::span<const ContextFact> Knowledge::context_facts() const { return tables_->rows.contexts; }

}  // namespace awaitd::analysis
