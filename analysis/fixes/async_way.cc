#include "analysis/fixes/async_way.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace awaitd::analysis {
namespace {

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

bool is_hand_over(std::string_view way) {
  return way.find("to_thread") != std::string_view::npos || way.find("process pool") != std::string_view::npos ||
         way.find("run_in_executor") != std::string_view::npos || way.find("sync_to_async") != std::string_view::npos ||
         way.starts_with("keep") || way.starts_with("at start-up");
}

std::string_view dotted_prefix(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[n])) != 0 || text[n] == '_' || text[n] == '.'))
    ++n;
  while (n > 0 && text[n - 1] == '.') --n;
  return text.substr(0, n);
}

// "redis[hiredis]", "google-cloud-storage" -> "redis", "google"
bool same_package(std::string_view package, std::string_view root) {
  package = package.substr(0, package.find_first_of("[-_."));
  return package == root.substr(0, root.find_first_of("-_."));
}

bool renamed(std::string_view twin, std::string_view sync) {
  std::string a(sync);
  return twin == "a" + a || twin == a + "_async" || twin == "async_" + a || twin == "a_" + a;
}

// "httpx.AsyncClient.get" -> "httpx.AsyncClient": the class is what one has to look up.
std::string_view up_to_class(std::string_view symbol) {
  std::size_t start = 0;
  while (start < symbol.size()) {
    std::size_t dot = std::min(symbol.find('.', start), symbol.size());
    if (std::isupper(static_cast<unsigned char>(symbol[start])) != 0) return symbol.substr(0, dot);
    start = dot + 1;
  }
  return {};
}

// The dotted name in "await a.b(...)", "async with a.b()", "async for x in a.b()".
std::string_view token_of(std::string_view text) {
  for (std::string_view prefix : {"async with ", "await "}) text = without_prefix(text, prefix);
  if (text.starts_with("async for ")) {
    std::size_t in = text.find(" in ");
    text = in == std::string_view::npos ? std::string_view() : text.substr(in + 4);
  }
  return dotted_prefix(without_prefix(text, "await "));
}

std::optional<AsyncWay> read_way(std::string_view text, const BlockingFact& fact) {
  using Form = AsyncWay::Form;
  bool awaited = text.starts_with("await ");
  std::string_view token = token_of(text);
  std::string_view package = fact.package, root = root_of(fact.name);
  if (package.empty()) {  // a user's own line: the callable to use, as it is
    bool callable = !token.empty() && (token.size() == text.size() || text.ends_with(")"));
    return callable ? std::optional(AsyncWay{Form::symbol, token}) : std::nullopt;
  }
  if (token.empty() || token == "the") return AsyncWay{Form::package, package};
  if (package == "stdlib" || package == "asyncio") {
    return std::nullopt;  // the loop's own functions are told by their library
  }
  // Of the form `await x.twin(...)` and nothing behind it: what the fix may write.
  bool whole = awaited && (text.ends_with("()") || text.ends_with("(...)"));
  if (same_package(package, root)) {
    if (whole && renamed(last_of(token), last_of(fact.name))) {
      std::string_view receiver = parent_of(token);
      if (receiver.empty()) return AsyncWay{Form::function, token};
      bool variable =
          receiver.find('.') == std::string_view::npos && std::islower(static_cast<unsigned char>(receiver[0])) != 0;
      if (variable || receiver == parent_of(fact.name)) return AsyncWay{Form::method, last_of(token)};
    }
    std::string_view cls = up_to_class(token);
    if (!cls.empty()) return AsyncWay{Form::symbol, cls};
    if (same_package(package, root_of(token)) && token.find('.') != std::string_view::npos)
      return AsyncWay{Form::symbol, token};
    return AsyncWay{Form::package, package};
  }
  return AsyncWay{Form::package, package};
}

}  // namespace

std::string_view root_of(std::string_view dotted) { return dotted.substr(0, dotted.find('.')); }

std::string_view last_of(std::string_view dotted) {
  std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

std::string_view parent_of(std::string_view dotted) {
  std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : dotted.substr(0, dot);
}

std::vector<AsyncWay> async_ways(const UnitView& view, const BlockingFact& fact) {
  std::vector<AsyncWay> ways;
  const AsyncLibrary& library = view.library();
  std::string_view rest = fact.replacement;
  while (!rest.empty()) {
    std::size_t bar = rest.find(" / ");
    std::string_view text = rest.substr(0, bar);
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 3);
    if (is_hand_over(text)) continue;
    std::optional<AsyncWay> way = read_way(text, fact);
    std::string_view token = token_of(text);
    // Methods of the running loop are written as in asyncio's own documentation.
    if (fact.package == "asyncio" && root_of(token) == "loop" && token != "loop" && library.offload_since > 0) {
      way = AsyncWay{AsyncWay::Form::symbol, token};
    }
    for (const AsyncLibrary& other : view.knowledge().libraries()) {
      if (other.name != root_of(token)) continue;
      // Another event loop's own function is no way out of this one's.
      bool usable = (&other == &library || other.name == library.runs_on) && token != other.name;
      way = usable ? std::optional(AsyncWay{AsyncWay::Form::symbol, token}) : std::nullopt;
    }
    if (!way) continue;
    bool known = std::any_of(ways.begin(), ways.end(), [&](const AsyncWay& w) { return w.symbol == way->symbol; });
    if (!known) ways.push_back(*way);
  }
  auto own = std::find_if(ways.begin(), ways.end(), [&](const AsyncWay& way) {
    return way.form == AsyncWay::Form::symbol && root_of(way.symbol) == library.name;
  });
  if (own != ways.end()) std::rotate(ways.begin(), own, own + 1);
  return ways;
}

}  // namespace awaitd::analysis
