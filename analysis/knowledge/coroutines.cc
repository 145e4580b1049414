#include "analysis/knowledge/coroutines.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <utility>

#include "analysis/knowledge/embedded.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kCalls = "coroutines.tsv", kUses = "coroutine_uses.tsv";
constexpr int kMaxBases = 12;  // longest chain of bases and other paths that is followed

std::string_view embedded(std::string_view file) {
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name == file) return knowledge_files[i].text;
  }
  return {};
}

// Where the lines of a table begin, found by their first column. The text itself is not copied.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text) : text_(text) {
    std::size_t lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    starts_.assign(std::bit_ceil(lines * 2), kNowhere);
    for (std::size_t start = 0; start < text.size();) {
      std::size_t end = std::min(text.find('\n', start), text.size());
      std::string_view line = text.substr(start, end - start);
      if (!line.empty() && line.front() != '#')
        place(line.substr(0, line.find('\t')), static_cast<std::uint32_t>(start));
      start = end + 1;
    }
  }

  struct Line {
    std::string_view key, rest;  // the first column and what follows it, both of the table's own text
  };
  std::optional<Line> find(std::string_view key) const {
    for (std::size_t slot = first(key); starts_[slot] != kNowhere; slot = (slot + 1) & (starts_.size() - 1)) {
      std::string_view line = text_.substr(starts_[slot]);
      if (!line.starts_with(key) || line.size() == key.size()) continue;
      const std::string_view own = line.substr(0, key.size());
      if (line[key.size()] == '\n') return Line{own, {}};
      if (line[key.size()] != '\t') continue;
      line.remove_prefix(key.size() + 1);
      return Line{own, line.substr(0, line.find('\n'))};
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t kNowhere = static_cast<std::uint32_t>(-1);
  std::size_t first(std::string_view key) const { return std::hash<std::string_view>()(key) & (starts_.size() - 1); }
  void place(std::string_view key, std::uint32_t start) {
    std::size_t slot = first(key);
    while (starts_[slot] != kNowhere) slot = (slot + 1) & (starts_.size() - 1);
    starts_[slot] = start;
  }

  std::string_view text_;
  std::vector<std::uint32_t> starts_;
};

const LineIndex& calls_lines() {
  static const LineIndex lines(embedded(kCalls));
  return lines;
}

const LineIndex& uses_lines() {
  static const LineIndex lines(embedded(kUses));
  return lines;
}

// Takes the next piece up to `separator` off the front of `rest`.
std::string_view next(std::string_view& rest, char separator) {
  std::size_t end = rest.find(separator);
  std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return piece;
}

std::string_view module_of(std::string_view owner) {
  std::size_t dot = owner.rfind('.');
  return dot == std::string_view::npos ? owner : owner.substr(0, dot);
}

std::string absolute(std::string_view cls, std::string_view module) {
  return cls.find('.') != std::string_view::npos ? std::string(cls) : std::string(module) + "." + std::string(cls);
}

constexpr std::pair<char, Gives> kSigns[] = {{'*', Gives::generator}, {'@', Gives::manager},   {'~', Gives::awaitable},
                                             {'-', Gives::plain},     {'.', Gives::attribute}, {'/', Gives::object},
                                             {'!', Gives::promise}};

struct Token {
  Gives gives = Gives::coroutine;
  bool unknown = false;
  std::string_view name, results;
};

Token read_token(std::string_view text) {
  Token token;
  if (text.starts_with('?')) token.unknown = true;
  for (const auto& [sign, gives] : kSigns) {
    if (text.starts_with(sign)) token.gives = gives;
  }
  if (token.unknown || token.gives != Gives::coroutine) text.remove_prefix(1);
  token.name = next(text, '>');
  token.results = text;
  return token;
}

// The owner and its text of other columns, at the end of its `=other` rows; both are the table's.
std::optional<std::pair<std::string_view, std::string_view>> row_of(std::string_view owner) {
  for (int step = 0; step < kMaxBases; ++step) {
    auto line = calls_lines().find(owner);
    if (!line) return std::nullopt;
    std::size_t tab = line->rest.find('\t');
    if (tab == std::string_view::npos) return std::nullopt;
    std::string_view members = line->rest.substr(tab + 1);
    if (!members.starts_with('=')) return std::pair(line->key, line->rest);
    owner = members.substr(1);
  }
  return std::nullopt;
}

std::optional<CallFact> member(std::string_view owner, std::string_view name, int depth) {
  auto row = row_of(owner);
  if (!row || depth > kMaxBases) return std::nullopt;
  std::string_view rest = row->second;
  std::string_view bases = next(rest, '\t');
  while (!rest.empty()) {
    std::string_view text = next(rest, ' ');
    if (text.find(name) == std::string_view::npos) continue;
    Token token = read_token(text);
    if (token.name != name) continue;
    if (token.unknown) return std::nullopt;
    bool alone = text.ends_with('>');  // the receiver's own class
    return CallFact{token.gives, row->first, alone ? std::string_view(">") : token.results};
  }
  while (bases != "-" && !bases.empty()) {
    std::string base = absolute(next(bases, '|'), module_of(row->first));
    if (auto found = member(base, name, depth + 1)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<CallFact> call_fact(std::string_view origin) {
  std::size_t dot = origin.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return member(origin.substr(0, dot), origin.substr(dot + 1), 0);
}

std::vector<std::string> result_classes(const CallFact& fact, std::string_view origin) {
  std::vector<std::string> classes;
  std::string_view receiver = origin.substr(0, std::min(origin.rfind('.'), origin.size()));
  if (fact.results == ">") return {std::string(receiver)};
  // A module's row says what is below the module itself.
  bool of_class = fact.owner.rfind('.') != std::string_view::npos && fact.owner[fact.owner.rfind('.') + 1] >= 'A' &&
                  fact.owner[fact.owner.rfind('.') + 1] <= 'Z';
  std::string_view module = of_class ? module_of(fact.owner) : fact.owner;
  for (std::string_view rest = fact.results; !rest.empty();) {
    std::string_view cls = next(rest, '|');
    classes.push_back(cls.empty() ? std::string(receiver) : absolute(cls, module));
  }
  return classes;
}

bool has_async_row(std::string_view owner) { return row_of(owner).has_value(); }

CoroutineUse coroutine_use(std::string_view origin) {
  constexpr std::array<std::pair<std::string_view, CoroutineRole>, 7> kRoles = {{
      {"value", CoroutineRole::value},
      {"cache", CoroutineRole::cache},
      {"generator-manager", CoroutineRole::generator_manager},
      {"async-generator-manager", CoroutineRole::async_generator_manager},
      {"expects-error", CoroutineRole::expects_error},
      {"client", CoroutineRole::client},
      {"field", CoroutineRole::field},
  }};
  auto line = uses_lines().find(origin);
  if (!line) return {};
  std::string_view words = line->rest;
  std::string_view role = next(words, '\t');
  for (const auto& [name, value] : kRoles) {
    if (name == role) return {value, words};
  }
  return {};
}

bool is_in_place_table(std::string_view file) { return file == kCalls || file == kUses; }

}  // namespace awaitd::analysis
