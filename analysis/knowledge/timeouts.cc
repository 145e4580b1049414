#include "analysis/knowledge/timeouts.h"

#include <algorithm>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/line.h"
#include "analysis/knowledge/tables.h"

namespace awaitd::analysis {
namespace {

constexpr Word<WaitKind> kinds[] = {{"client", WaitKind::client},
                                    {"carrier", WaitKind::carrier},
                                    {"value", WaitKind::value},
                                    {"connect", WaitKind::connect},
                                    {"accept", WaitKind::accept},
                                    {"receive", WaitKind::receive},
                                    {"send", WaitKind::send},
                                    {"query", WaitKind::query},
                                    {"request", WaitKind::request},
                                    {"rpc", WaitKind::rpc},
                                    {"stream", WaitKind::stream},
                                    {"close", WaitKind::close},
                                    {"process", WaitKind::process},
                                    {"acquire", WaitKind::acquire},
                                    {"dns", WaitKind::dns},
                                    {"offload", WaitKind::offload},
                                    {"queue", WaitKind::queue},
                                    {"sync", WaitKind::sync},
                                    {"combinator", WaitKind::combinator},
                                    {"wrapper", WaitKind::wrapper},
                                    {"future", WaitKind::future},
                                    {"reply", WaitKind::reply}};
constexpr Word<Bound> bounds[] = {{"unbounded", Bound::unbounded}, {"minutes", Bound::minutes}, {"fine", Bound::fine}};
constexpr Word<ScopeFact::Form> forms[] = {{"with", ScopeFact::Form::with},
                                           {"call", ScopeFact::Form::call},
                                           {"detach", ScopeFact::Form::detach},
                                           {"pass", ScopeFact::Form::pass},
                                           {"word", ScopeFact::Form::word}};
constexpr Word<PairFact::Kind> pair_kinds[] = {{"pipe", PairFact::Kind::pipe},
                                               {"drain", PairFact::Kind::drain},
                                               {"done", PairFact::Kind::done},
                                               {"loop", PairFact::Kind::loop}};
constexpr Word<char> strengths[] = {{"W", 'W'}, {"I", 'I'}, {"H", 'H'}};

std::string_view last_name(std::string_view dotted) {
  const std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

}  // namespace

bool has_word(std::string_view words, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const bool starts = at == 0 || words[at - 1] == ' ';
    const bool ends = at + word.size() == words.size() || words[at + word.size()] == ' ';
    if (starts && ends) return true;
  }
  return false;
}

namespace {

// "redis>=8.0 fine 5 s": the bound and the default from that version on. Other words are told as they are.
void read_version(TimeoutFact& row) {
  const std::size_t from = row.versions.find(">="), space = row.versions.find(' ');
  if (from == std::string_view::npos || space == std::string_view::npos || from > space) return;
  row.package = row.versions.substr(0, from);
  row.since = row.versions.substr(from + 2, space - from - 2);
  std::string_view rest = row.versions.substr(space + 1);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  for (const Word<Bound>& word : bounds) {
    if (rest.substr(0, end) == word.word) row.newer = word.value;
  }
  row.newer_usual = rest.substr(std::min(end + 1, rest.size()));
  row.versions = {};
}

// 8.1.0 is not below 8.0; what is no number counts as 0.
bool at_least(std::string_view version, std::string_view since) {
  while (!since.empty()) {
    int numbers[2] = {0, 0};
    for (int i = 0; i < 2; ++i) {
      std::string_view& text = i == 0 ? version : since;
      const std::size_t end = std::min(text.find('.'), text.size());
      for (char c : text.substr(0, end)) {
        if (c < '0' || c > '9') break;
        numbers[i] = numbers[i] * 10 + (c - '0');
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (numbers[0] != numbers[1]) return numbers[0] > numbers[1];
  }
  return true;
}

}  // namespace

std::span<const std::string_view> packages_with_versions() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> found;
    Rows rows;
    for (unsigned i = 0; i < knowledge_files_count; ++i) {
      if (std::string_view(knowledge_files[i].name) != "timeouts.tsv") continue;
      for_each_line(knowledge_files[i].text,
                    [&](int, std::string_view line) { read_row(rows, "timeouts", line, true); });
    }
    for (const TimeoutFact& row : rows.timeouts) {
      if (!row.package.empty() && std::find(found.begin(), found.end(), row.package) == found.end())
        found.push_back(row.package);
    }
    return found;
  }();
  return all;
}

void read_timeout(Line& line, Rows& rows, bool whole) {
  line.columns(12, whole);
  TimeoutFact row;
  row.name = line.needed(0, "a dotted name");
  line.needed(1, "what is waited for (connect, receive, query...)");
  row.kind = line.word(1, kinds, "kind", WaitKind::request);
  row.bound = line.word(2, bounds, "bound", Bound::unbounded);
  row.usual = line.text(3);
  row.parameters = line.text(4);
  row.position = line.number(5, "position", -1);
  row.off = line.text(6);
  row.value = line.text(7);
  row.carries = line.text(8);
  if (row.carries == "client" || row.carries.starts_with("client ")) {
    row.client = true;
    row.carries.remove_prefix(std::min(row.carries.size(), std::string_view("client ").size()));
  }
  row.strength = line.word(9, strengths, "strength", '-');
  row.versions = line.text(10);
  read_version(row);
  if (line.good()) rows.timeouts.push_back(row);
}

void read_scope(Line& line, Rows& rows, bool whole) {
  line.columns(9, whole);
  ScopeFact row;
  row.name = line.needed(0, "a dotted name, or a word");
  line.needed(1, "a form (with, call, detach, pass, word)");
  row.form = line.word(1, forms, "form", ScopeFact::Form::with);
  row.with_async = line.text(2) == "async" || line.text(2) == "both";
  row.with_sync = line.text(2) == "sync" || line.text(2) == "both";
  row.position = line.number(3, "position of the number", -1);
  row.keyword = line.text(4);
  row.awaitable = line.number(5, "position of the awaitable", 0);
  row.optional = line.text(6).starts_with("optional");
  row.raises = !line.text(6).ends_with("quiet");
  row.since = line.number(7, "a Python 3 minor version", 0);
  row.exception = line.text(8);
  if (line.good()) rows.scopes.push_back(row);
}

void read_pair(Line& line, Rows& rows, bool whole) {
  line.columns(6, whole);
  PairFact row;
  line.needed(0, "pipe, drain, done or loop");
  row.kind = line.word(0, pair_kinds, "kind", PairFact::Kind::loop);
  row.name = line.needed(1, "a dotted name");
  row.partner = line.text(2);
  row.keyword = line.text(3);
  row.values = line.text(4);
  row.waits = line.text(5);
  if (line.good()) rows.pairs.push_back(row);
}

void Knowledge::Tables::index_timeouts() {
  for (TimeoutFact& row : rows.timeouts) {
    for (const VersionRow& known : rows.versions) {
      if (row.package != known.package) continue;
      if (at_least(known.version, row.since)) {
        row.bound = row.newer;
        row.usual = row.newer_usual;
      }
      row.package = {};
    }
  }
  timeouts.reserve(rows.timeouts.size());
  scopes.reserve(rows.scopes.size());
  waiting_names.reserve(rows.timeouts.size() + rows.scopes.size());
  const auto add = [this](std::string_view name) {
    if (!waiting_names.contains(last_name(name))) waiting_names.add(last_name(name), 0);
  };
  for (std::size_t i = 0; i < rows.timeouts.size(); ++i) {
    timeouts.add(rows.timeouts[i].name, static_cast<std::uint32_t>(i));
    add(rows.timeouts[i].name);
  }
  for (std::size_t i = 0; i < rows.scopes.size(); ++i) {
    scopes.add(rows.scopes[i].name, static_cast<std::uint32_t>(i));
    add(rows.scopes[i].name);
  }
  for (const PairFact& row : rows.pairs) add(row.name);
  for (const AliasRow& row : rows.aliases) {
    if (waiting_names.contains(last_name(row.name))) add(row.other);
  }
}

namespace {

// Exact, then the same method of a base class.
template <typename Tables, typename Row>
const Row* look_up(const Tables& t, const NameIndex& index, const std::vector<Row>& rows, std::string_view origin) {
  std::string scratch;
  if (t.foreign(origin)) return nullptr;
  const std::string_view name = t.canonical(origin, scratch);
  const Row* found = nullptr;
  const auto look = [&](std::string_view key) {
    const std::uint32_t row = index.find(key);
    if (row != NameIndex::none) found = &rows[row];
    return found != nullptr;
  };
  if (t.any_ancestor(name, look)) return found;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  const std::string_view owner = name.substr(0, dot), member = name.substr(dot);
  t.any_ancestor(owner, [&](std::string_view cls) { return cls != owner && look(std::string(cls).append(member)); });
  if (found == nullptr) look(std::string(owner).append(".*"));  // every method of that class
  return found;
}

}  // namespace

const TimeoutFact* Knowledge::timeout(std::string_view origin) const {
  return look_up(*tables_, tables_->timeouts, tables_->rows.timeouts, origin);
}

const ScopeFact* Knowledge::timeout_scope(std::string_view origin) const {
  return look_up(*tables_, tables_->scopes, tables_->rows.scopes, origin);
}

std::span<const PairFact> Knowledge::pairs() const { return tables_->rows.pairs; }

std::span<const ScopeFact> Knowledge::timeout_scopes() const { return tables_->rows.scopes; }

bool Knowledge::may_wait(std::string_view last) const { return tables_->waiting_names.contains(last); }

}  // namespace awaitd::analysis
