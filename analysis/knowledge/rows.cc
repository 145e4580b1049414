#include "analysis/knowledge/rows.h"

#include <span>

#include "analysis/knowledge/line.h"
#include "analysis/knowledge/startup.h"

namespace awaitd::analysis {
namespace {

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
                                         {"promise", LoopRole::promise},
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
constexpr Word<CleanupFact::Kind> cleanup_kinds[] = {
    {"answer", CleanupFact::Kind::answer}, {"release", CleanupFact::Kind::release},
    {"close", CleanupFact::Kind::close},   {"roll_back", CleanupFact::Kind::roll_back},
    {"stop", CleanupFact::Kind::stop},     {"remove", CleanupFact::Kind::remove}};
constexpr Word<ResourceFact::Form> resource_forms[] = {{"none", ResourceFact::Form::none},
                                                       {"receiver", ResourceFact::Form::receiver},
                                                       {"call", ResourceFact::Form::call},
                                                       {"result", ResourceFact::Form::result}};
constexpr Word<TaskFact::Role> task_roles[] = {
    {"shield", TaskFact::Role::shield},     {"spawn", TaskFact::Role::spawn},     {"cancel", TaskFact::Role::cancel},
    {"uncancel", TaskFact::Role::uncancel}, {"collect", TaskFact::Role::collect}, {"watch", TaskFact::Role::watch},
    {"future", TaskFact::Role::future},     {"level", TaskFact::Role::level},     {"log", TaskFact::Role::log}};
constexpr std::string_view class_words[] = {"alias", "base", "async", "memory", "plain"};

void read_unless(Line& line, BlockingFact& fact) {
  std::size_t words = 0;
  for_each_word(fact.unless, [&](std::string_view word) {
    if (word == "always")
      fact.silent = true;
    else if (word == "lazy")
      fact.lazy = true;
    else if (word != "setup" && word != "idle")  // is_setup(), excused()
      ++words;
  });
  if (words != 0 && conditions(fact.unless).size() != words)
    line.fail("'" + std::string(fact.unless) +
              "' is no condition, expected words like 0/blocking=False, 1/options~os.WNOHANG, 0/fp:io.BytesIO, "
              "^0/maxsize=!, .setblocking=False, lazy, idle, setup or always");
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
  row.alias = line.text(2) == "alias";
  row.refused = line.text(2) == "refused";
  if (line.text(2) == "no_item") row.absent = Absent::item;
  if (line.text(2) == "no_attribute") row.absent = Absent::attribute;
  if (line.text(2) == "no_next") row.absent = Absent::next;
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

// Read where they are needed (words.h).
void read_words(Line& line) {
  line.columns(2, true);
  line.needed(0, "what for");
  line.needed(1, "words");
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

void read_version(Line& line, Rows& rows) {
  line.columns(2, true);
  const VersionRow row{line.needed(0, "a package"), line.needed(1, "its version")};
  if (line.good()) rows.versions.push_back(row);
}

void read_start_up_line(Line& line, std::string_view text) {
  line.columns(3, true);
  if (!read_start_up(text))
    line.fail("expected a name, a form (keyword, handed, decorator, event, method, serve) and a word or -");
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
  else if (table == "entries" || table == "objects" || table == "linters")
    line.needed(0, "a name");  // read where they are needed: entries.h, linters.h
  else if (table == "timeouts")
    read_timeout(line, rows, whole);
  else if (table == "versions")
    read_version(line, rows);
  else if (table == "scopes")
    read_scope(line, rows, whole);
  else if (table == "pairs")
    read_pair(line, rows, whole);
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
  else if (table == "startup")
    read_start_up_line(line, text);
  else if (table == "words")
    read_words(line);
  else if (table == "builtins")
    rows.builtins.push_back(line.needed(0, "a name"));
  else if (table == "modules")
    rows.modules.push_back(line.needed(0, "a module"));
  else
    line.fail("is no table, expected blocking, types, contexts, classes, equivalents or builtins");
  return line.take();
}

}  // namespace awaitd::analysis
