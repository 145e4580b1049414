#include "analysis/knowledge/rows.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <span>

namespace awaitd::analysis {
namespace {

template <typename Enum>
struct Word {
  std::string_view word;
  Enum value;
};
constexpr Word<BlockingKind> kinds[] = {{"sleep", BlockingKind::sleep},
                                        {"http", BlockingKind::http},
                                        {"database", BlockingKind::database},
                                        {"file_io", BlockingKind::file_io},
                                        {"subprocess", BlockingKind::subprocess},
                                        {"network", BlockingKind::network},
                                        {"console", BlockingKind::console},
                                        {"wait", BlockingKind::wait},
                                        {"cpu", BlockingKind::cpu},
                                        {"import", BlockingKind::import_},
                                        {"configured", BlockingKind::configured},
                                        {"loop_bridge", BlockingKind::loop_bridge},
                                        {"logging", BlockingKind::logging}};
constexpr Word<Strength> strengths[] = {{"E", Strength::certain}, {"W", Strength::conditional}, {"I", Strength::small}};
constexpr Word<FixKind> fixes[] = {{"direct", FixKind::direct},       {"direct_api", FixKind::direct_api},
                                   {"to_thread", FixKind::to_thread}, {"process_pool", FixKind::process_pool},
                                   {"redesign", FixKind::redesign},   {"none", FixKind::none}};
constexpr Word<Offload> offloads[] = {{"yes", Offload::yes},
                                      {"own_object", Offload::own_object},
                                      {"same_thread", Offload::same_thread},
                                      {"sync_to_async", Offload::sync_to_async},
                                      {"no", Offload::no},
                                      {"n/a", Offload::not_applicable}};
constexpr Word<Gil> gils[] = {{"released", Gil::released},
                              {"held", Gil::held},
                              {"switching", Gil::switching},
                              {"mixed", Gil::mixed},
                              {"unknown", Gil::unknown}};
constexpr Word<How> hows[] = {{"call", How::call},        {"await", How::await},         {"enter", How::enter},
                              {"aenter", How::aenter},    {"attribute", How::attribute}, {"binop", How::binop},
                              {"item", How::item},        {"iterate", How::iterate},     {"decorator", How::decorator},
                              {"aiterate", How::aiterate}};
constexpr Word<Role> roles[] = {{"offload", Role::offload}, {"schedule", Role::schedule},
                                {"entry", Role::entry},     {"schedule_sync", Role::schedule_sync},
                                {"reentry", Role::reentry}, {"wrapper", Role::wrapper},
                                {"process", Role::process}};
constexpr Word<LoopRole> loop_roles[] = {{"spawn", LoopRole::spawn},
                                         {"group_spawn", LoopRole::group_spawn},
                                         {"mark", LoopRole::mark},
                                         {"gather", LoopRole::gather},
                                         {"wait", LoopRole::wait},
                                         {"each", LoopRole::each},
                                         {"retrieve", LoopRole::retrieve},
                                         {"submit", LoopRole::submit},
                                         {"run", LoopRole::run},
                                         {"plain_mark", LoopRole::plain_mark},
                                         {"plain_tests", LoopRole::plain_tests},
                                         {"default_pool", LoopRole::default_pool},
                                         {"endless", LoopRole::endless},
                                         {"run_later", LoopRole::run_later},
                                         {"set_loop", LoopRole::set_loop},
                                         {"expect", LoopRole::expect},
                                         {"plain_callback", LoopRole::plain_callback},
                                         {"reenter", LoopRole::reenter},
                                         {"new_loop", LoopRole::new_loop},
                                         {"close_loop", LoopRole::close_loop},
                                         {"current_loop", LoopRole::current_loop},
                                         {"running_loop", LoopRole::running_loop},
                                         {"loop_thread", LoopRole::loop_thread},
                                         {"patch", LoopRole::patch},
                                         {"group", LoopRole::group}};
constexpr Word<bool> places[] = {{"loop", true}, {"off", false}};
constexpr Word<bool> yes_no[] = {{"yes", true}, {"no", false}};
constexpr Word<Twin::Form> forms[] = {{"enter", Twin::Form::enter},   {"await_enter", Twin::Form::await_enter},
                                      {"once", Twin::Form::once},     {"run", Twin::Form::run},
                                      {"output", Twin::Form::output}, {"check", Twin::Form::check},
                                      {"status", Twin::Form::status}};
constexpr Word<ManagerKind> manager_kinds[] = {{"suppress", ManagerKind::suppress}, {"cancel", ManagerKind::cancel},
                                               {"timeout", ManagerKind::timeout},   {"group", ManagerKind::group},
                                               {"expect", ManagerKind::expect},     {"none", ManagerKind::none}};
constexpr Word<CleanupFact::Kind> cleanup_kinds[] = {{"release", CleanupFact::Kind::release},
                                                     {"close", CleanupFact::Kind::close},
                                                     {"roll_back", CleanupFact::Kind::roll_back},
                                                     {"stop", CleanupFact::Kind::stop},
                                                     {"remove", CleanupFact::Kind::remove}};
constexpr Word<ResourceFact::Form> resource_forms[] = {{"none", ResourceFact::Form::none},
                                                       {"receiver", ResourceFact::Form::receiver},
                                                       {"call", ResourceFact::Form::call},
                                                       {"result", ResourceFact::Form::result}};
constexpr Word<TaskFact::Role> task_roles[] = {
    {"shield", TaskFact::Role::shield},     {"spawn", TaskFact::Role::spawn},     {"cancel", TaskFact::Role::cancel},
    {"uncancel", TaskFact::Role::uncancel}, {"collect", TaskFact::Role::collect}, {"watch", TaskFact::Role::watch},
    {"future", TaskFact::Role::future},     {"level", TaskFact::Role::level},     {"log", TaskFact::Role::log}};
constexpr std::string_view class_words[] = {"alias", "base", "async", "memory", "plain"};

// Eight bytes at a time: the tables are a third of a megabyte and are read while an editor waits for the server.
template <typename Each>
void for_each_tab(std::string_view text, Each&& each) {
  constexpr std::uint64_t low = 0x7f7f7f7f7f7f7f7fULL, tabs = 0x0909090909090909ULL;
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little)
    for (; at + 8 <= text.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, 8);
      word ^= tabs;
      // The high bit of each byte that was a tab.
      std::uint64_t found = ~(((word & low) + low) | word | low);
      for (; found != 0; found &= found - 1) each(at + static_cast<std::size_t>(std::countr_zero(found)) / 8);
    }
  for (; at < text.size(); ++at)
    if (text[at] == '\t') each(at);
}

// The columns of one line and the first thing that is wrong with it.
class Line {
 public:
  Line(std::string_view text, std::string_view table) : table_(table) {
    std::size_t start = 0;
    const auto cut = [&](std::size_t end) {
      if (count_ == columns_.size()) {
        fail("has more columns than any table");
        return;
      }
      columns_[count_++] = text.substr(start, end - start);
      start = end + 1;
    };
    for_each_tab(text, cut);
    cut(text.size());
  }

  std::string_view text(std::size_t column) const {
    const std::string_view value = column < count_ ? columns_[column] : std::string_view();
    return value == "-" ? std::string_view() : value;
  }
  std::string_view needed(std::size_t column, std::string_view what) {
    const std::string_view value = text(column);
    if (value.empty()) fail("column " + std::to_string(column + 1) + " must be " + std::string(what));
    return value;
  }
  template <typename Enum, std::size_t N>
  Enum word(std::string_view value, const Word<Enum> (&words)[N], std::string_view what, Enum otherwise) {
    if (value.empty()) return otherwise;
    for (const Word<Enum>& one : words)
      if (one.word == value) return one.value;
    std::string expected;
    for (const Word<Enum>& one : words) expected.append(expected.empty() ? "" : ", ").append(one.word);
    fail(std::string(what) + " '" + std::string(value) + "' is unknown, expected one of " + expected);
    return otherwise;
  }
  template <typename Enum, std::size_t N>
  Enum word(std::size_t column, const Word<Enum> (&words)[N], std::string_view what, Enum otherwise) {
    return word(text(column), words, what, otherwise);
  }
  int number(std::size_t column, std::string_view what, int otherwise) {
    const std::string_view value = text(column);
    int result = otherwise;
    if (value.empty()) return result;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error == std::errc() && end == value.data() + value.size()) return result;
    fail(std::string(what) + " '" + std::string(value) + "' is no number");
    return otherwise;
  }
  void columns(std::size_t most, bool whole) {
    if (count_ > most || (whole && count_ < most))
      fail("has " + std::to_string(count_) + " columns, expected " + std::to_string(most));
  }
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::string(table_) + ": " + std::move(problem);
  }
  std::string take() { return std::move(problem_); }
  bool good() const { return problem_.empty(); }

 private:
  std::array<std::string_view, 12> columns_;
  std::size_t count_ = 0;
  std::string_view table_;
  std::string problem_;
};

template <typename Each>
void for_each_word(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    each(text.substr(0, space));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
}

void read_unless(Line& line, BlockingFact& fact) {
  std::size_t words = 0;
  for_each_word(fact.unless, [&](std::string_view word) {
    if (word == "always")
      fact.silent = true;
    else if (word == "lazy")
      fact.lazy = true;
    else
      ++words;
  });
  if (words != 0 && conditions(fact.unless).size() != words)
    line.fail("'" + std::string(fact.unless) +
              "' is no condition, expected words like 0/blocking=False, 1/options~os.WNOHANG, 0/fp:io.BytesIO, "
              "^0/maxsize=!, .setblocking=False, lazy or always");
}

void read_blocking(Line& line, Rows& rows, bool whole) {
  line.columns(11, whole);
  BlockingFact fact;
  fact.name = line.needed(0, "a dotted name");
  fact.kind = line.word(1, kinds, "kind", BlockingKind::configured);
  fact.usual = line.text(2);
  fact.strength = line.word(3, strengths, "strength", Strength::conditional);
  fact.replacement = line.text(4);
  fact.package = line.text(5);
  fact.fix = line.word(6, fixes, "fix", FixKind::to_thread);
  std::string_view offload = line.text(7);
  if (const std::size_t colon = offload.find(':'); colon != std::string_view::npos) {
    fact.offload_reason = offload.substr(colon + 1);
    offload = offload.substr(0, colon);
  }
  fact.offload = line.word(offload, offloads, "offload", Offload::yes);
  fact.gil = line.word(8, gils, "gil", Gil::unknown);
  fact.unless = line.text(9);
  fact.note = line.text(10);
  read_unless(line, fact);
  if (line.good()) rows.blocking.push_back(fact);
}

void read_type(Line& line, Rows& rows, bool whole) {
  line.columns(5, whole);
  TypeFact fact;
  fact.producer = line.needed(0, "the dotted name of a producer");
  line.needed(1, "how the value comes out (call, enter, attribute...)");
  fact.how = line.word(1, hows, "how", How::call);
  fact.result = line.needed(2, "a class");
  fact.index = line.number(3, "index", -1);
  if (line.good()) rows.types.push_back(fact);
}

void read_context(Line& line, Rows& rows, bool whole) {
  line.columns(11, whole);
  ContextFact fact;
  fact.name = line.needed(0, "a dotted name");
  line.needed(1, "a role (offload, schedule, entry...)");
  fact.role = line.word(1, roles, "role", Role::offload);
  fact.position = line.text(2) == "*" ? every_position : line.number(2, "position", -1);
  fact.keyword = line.text(3);
  for_each_word(line.text(4), [&](std::string_view shape) {
    if (shape == "decorator")
      fact.decorator = true;
    else if (shape == "base")
      fact.base_class = true;
    else
      line.fail("shape '" + std::string(shape) + "' is unknown, expected decorator or base");
  });
  fact.methods = line.text(5);
  fact.async_on_loop = line.word(6, places, "place of an async def", true);
  fact.sync_on_loop = line.word(7, places, "place of a plain def", false);
  fact.passes_keywords = line.word(8, yes_no, "passes keywords", true);
  fact.note = line.text(10);
  if (!line.good()) return;
  rows.contexts.push_back(fact);
  for_each_word(line.text(9), [&](std::string_view token) { rows.tokens.push_back(token); });
}

void read_class(Line& line, Rows& rows) {
  line.columns(3, false);
  const std::string_view word = line.needed(0, "alias, base, async, memory or plain");
  const std::string_view first = line.needed(1, "a dotted name");
  if (!line.good()) return;
  if (word == "alias" || word == "base") {
    const std::string_view second = line.needed(2, "a dotted name");
    if (!line.good()) return;
    if (word == "alias")
      rows.aliases.push_back({first, second});
    else
      rows.bases.push_back({first, second});
    return;
  }
  for (const std::string_view known : class_words)
    if (known == word) {
      rows.classes.push_back({first, word});
      return;
    }
  line.fail("'" + std::string(word) + "' is unknown, expected alias, base, async, memory or plain");
}

void read_equivalent(Line& line, Rows& rows, bool whole) {
  line.columns(3, whole);
  EquivalentRow row;
  row.code = line.needed(0, "a code of awaitd");
  for_each_word(line.text(1), [&](std::string_view code) { row.codes.push_back(code); });
  for_each_word(line.text(2), [&](std::string_view code) { row.partly.push_back(code); });
  if (line.good()) rows.equivalents.push_back(std::move(row));
}

void read_library(Line& line, Rows& rows, bool whole) {
  line.columns(6, whole);
  AsyncLibrary row;
  row.name = line.needed(0, "the library's module");
  row.sleep = line.needed(1, "its sleep function");
  row.offload = line.needed(2, "what runs a callable in a thread");
  row.offload_keywords = line.text(3) == "yes";
  row.offload_since = line.number(4, "a Python 3 minor version", 0);
  row.runs_on = line.text(5);
  if (line.good()) rows.libraries.push_back(row);
}

void read_lock(Line& line, Rows& rows, bool whole) {
  line.columns(4, whole);
  LockFact row;
  row.name = line.needed(0, "a lock class");
  row.task = line.needed(1, "thread or task") == "task";
  row.reentrant = line.text(2) == "yes";
  row.replacement = line.text(3);
  if (line.good()) rows.locks.push_back(row);
}

void read_exception(Line& line, Rows& rows, bool whole) {
  line.columns(5, whole);
  ExceptionFact row;
  row.name = line.needed(0, "an exception class");
  row.base = line.text(1);
  row.cancel = line.text(2) == "cancel";
  row.ordinary = line.text(2) == "ordinary";
  row.since = line.number(3, "a Python 3 minor version", 0);
  row.before = line.text(4);
  if (line.good()) rows.exceptions.push_back(row);
}

void read_manager(Line& line, Rows& rows, bool whole) {
  line.columns(4, whole);
  ManagerFact row;
  row.name = line.needed(0, "what makes a context manager");
  row.kind = line.word(1, manager_kinds, "kind", ManagerKind::none);
  row.structured = line.text(2) == "level";
  row.closes = line.text(3) == "yes";
  if (line.good()) rows.managers.push_back(row);
}

void read_loop(Line& line, Rows& rows, bool whole) {
  line.columns(6, whole);
  LoopFact row;
  row.name = line.needed(0, "a dotted name");
  line.needed(1, "a role (spawn, run, gather...)");
  row.role = line.word(1, loop_roles, "role", LoopRole::spawn);
  row.position = line.text(2) == "*" ? every_position : line.number(2, "position", -1);
  row.keyword = line.text(3);
  row.takes_function = row.keyword.ends_with("()");
  if (row.takes_function) row.keyword.remove_suffix(2);
  row.library = line.needed(4, "whose loop it is");
  row.advice = line.text(5);
  if (line.good()) rows.loops.push_back(row);
}

void read_injected(Line& line, Rows& rows, bool whole) {
  line.columns(3, whole);
  InjectedRow row;
  row.cls = line.needed(0, "a base class");
  row.parameter = line.needed(1, "a parameter");
  row.type = line.needed(2, "the class of what it gets");
  if (line.good()) rows.injected.push_back(row);
}

void read_deprecation(Line& line, Rows& rows, bool whole) {
  line.columns(5, whole);
  Deprecation row;
  row.name = line.needed(0, "a dotted name");
  row.argument = line.text(1);
  row.deprecated = line.number(2, "a Python 3 minor version", 0);
  row.removed = line.number(3, "a Python 3 minor version", 0);
  row.replacement = line.text(4);
  if (line.good()) rows.deprecations.push_back(row);
}

// Read again where it is needed (processes.h): three lines.
void read_process(Line& line) {
  line.columns(3, true);
  line.needed(0, "an event loop library or *");
  line.needed(1, "executor, function or each");
  line.needed(2, "a dotted name");
}

void read_unpicklable(Line& line) {
  line.columns(2, true);
  line.needed(0, "a class");
  line.needed(1, "what it is");
}

// Read where they are needed (checkpoints.h).
void read_checkpoint(Line& line) {
  line.columns(4, true);
  line.needed(0, "cancelled, checkpoint, deadline, forever, relative or sleep");
  line.needed(1, "a dotted name");
  line.needed(2, "an event loop library");
}

// Read where they are needed (rates.h).
void read_rate(Line& line) {
  line.columns(4, true);
  line.needed(0, "a callable");
  line.needed(1, "an argument, as position/keyword");
  line.needed(2, "value or length");
  line.needed(3, "milliseconds");
}

void read_cleanup(Line& line, Rows& rows, bool whole) {
  line.columns(4, whole);
  CleanupFact row;
  row.name = line.needed(0, "a word or a function");
  row.kind = line.word(1, cleanup_kinds, "kind", CleanupFact::Kind::close);
  row.undoes = line.text(2);
  row.telling = line.text(3) == "yes";
  if (line.good()) rows.cleanups.push_back(row);
}

void read_resource(Line& line, Rows& rows, bool whole) {
  line.columns(4, whole);
  ResourceFact row;
  row.name = line.needed(0, "what is awaited");
  row.result = line.text(1) == "result";
  row.release = line.needed(2, "the methods that release it");
  row.form = line.word(3, resource_forms, "form", ResourceFact::Form::none);
  if (line.good()) rows.resources.push_back(row);
}

void read_task(Line& line, Rows& rows, bool whole) {
  line.columns(3, whole);
  TaskFact row;
  row.name = line.needed(0, "a callable, class or library");
  row.role = line.word(1, task_roles, "role", TaskFact::Role::log);
  row.scope = line.text(2);
  if (line.good()) rows.tasks.push_back(row);
}

void read_twin(Line& line, Rows& rows, bool whole) {
  line.columns(4, whole);
  Twin row;
  row.name = line.needed(0, "a dotted name");
  row.twin = line.needed(1, "its async twin");
  row.form = line.word(2, forms, "form", Twin::Form::enter);
  row.constructor = line.text(3);
  if (line.good()) rows.twins.push_back(row);
}

}  // namespace

std::string read_row(Rows& rows, std::string_view table, std::string_view text, bool whole) {
  Line line(text, table);
  if (table == "blocking")
    read_blocking(line, rows, whole);
  else if (table == "types")
    read_type(line, rows, whole);
  else if (table == "contexts")
    read_context(line, rows, whole);
  else if (table == "classes")
    read_class(line, rows);
  else if (table == "equivalents")
    read_equivalent(line, rows, whole);
  else if (table == "libraries")
    read_library(line, rows, whole);
  else if (table == "locks")
    read_lock(line, rows, whole);
  else if (table == "exceptions")
    read_exception(line, rows, whole);
  else if (table == "managers")
    read_manager(line, rows, whole);
  else if (table == "loops")
    read_loop(line, rows, whole);
  else if (table == "injected")
    read_injected(line, rows, whole);
  else if (table == "deprecations")
    read_deprecation(line, rows, whole);
  else if (table == "cleanups")
    read_cleanup(line, rows, whole);
  else if (table == "resources")
    read_resource(line, rows, whole);
  else if (table == "cancellation")
    read_task(line, rows, whole);
  else if (table == "entries" || table == "objects")
    line.needed(0, "a dotted name");  // read where they are needed: entries.h
  else if (table == "twins")
    read_twin(line, rows, whole);
  else if (table == "processes")
    read_process(line);
  else if (table == "unpicklable")
    read_unpicklable(line);
  else if (table == "checkpoints")
    read_checkpoint(line);
  else if (table == "rates")
    read_rate(line);
  else if (table == "builtins")
    rows.builtins.push_back(line.needed(0, "a name"));
  else if (table == "modules")
    rows.modules.push_back(line.needed(0, "a module"));
  else
    line.fail("is no table, expected blocking, types, contexts, classes, equivalents or builtins");
  return line.take();
}

}  // namespace awaitd::analysis
