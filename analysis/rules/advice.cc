#include "analysis/rules/advice.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "analysis/fixes/async_way.h"
#include "analysis/fixes/events.h"
#include "analysis/fixes/offload.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLongestQuote = 48;  // longer code is named by what it calls

bool threadable(const BlockingFact& fact) {
  return (fact.offload == Offload::yes || fact.offload == Offload::own_object) && fact.gil != Gil::held;
}

std::string quoted(std::string_view code) { return "`" + std::string(code) + "`"; }

// The text of a call if it is short and on one line.
std::string_view short_call(const UnitView& view, const BlockingEvent& event) {
  if (event.call == nullptr) return {};
  std::string_view text = view.text(event.call->node);
  return text.size() <= kLongestQuote && text.find('\n') == std::string_view::npos ? text : std::string_view();
}

std::string_view a_kind_of_library(BlockingKind kind) {
  switch (kind) {
    case BlockingKind::http:
    case BlockingKind::network:
      return "an async client such as ";
    case BlockingKind::database:
      return "an async driver such as ";
    case BlockingKind::file_io:
      return "async file objects such as those of ";
    default:
      return "an async library such as ";
  }
}

std::string describe_symbol(const UnitView& view, const BlockingEvent& event, std::string_view symbol,
                            const std::string& arguments) {
  if (event.fact->kind == BlockingKind::sleep) return "use " + quoted("await " + std::string(symbol) + arguments);
  bool function = std::islower(static_cast<unsigned char>(last_of(symbol)[0])) != 0;
  if (function) return "use " + quoted(std::string(symbol) + "()");
  bool whole = symbol.find('.') != std::string_view::npos;  // a class by its bare name needs its package's
  std::string_view package = event.fact->package.substr(0, event.fact->package.find('['));
  if (whole || view.knowledge().is_builtin_name(symbol)) return "use " + quoted(symbol);
  return "use the " + quoted(symbol) + " of " + std::string(package);
}

std::string describe_way(const UnitView& view, const BlockingEvent& event, const AsyncWay& way) {
  std::string arguments = "(...)";
  std::string_view call = short_call(view, event);
  if (!call.empty()) arguments = std::string(view.text(event.call->arguments));
  switch (way.form) {
    case AsyncWay::Form::method: {
      NodeId object = view.unit().child(event.node, Field::object);
      std::string receiver = object != kNoNode && !call.empty() ? std::string(view.text(object)) + "." : "";
      return "use " + quoted("await " + receiver + std::string(way.symbol) + arguments);
    }
    case AsyncWay::Form::function:
      return "use " + quoted("await " + std::string(way.symbol) + arguments);
    case AsyncWay::Form::symbol:
      return describe_symbol(view, event, way.symbol, arguments);
    case AsyncWay::Form::package: {
      std::string name(way.symbol.substr(0, way.symbol.find('[')));
      if (root_of(name) == root_of(event.origin)) return "use the async API of " + name;
      return "use " + std::string(a_kind_of_library(event.fact->kind)) + name;
    }
  }
  return {};
}

bool only_starts(const BlockingFact& fact) {
  return fact.kind == BlockingKind::subprocess && fact.strength == Strength::conditional && fact.usual != "unbounded";
}

// What the thread waits for.
std::string until(const UnitView& view, const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  if (fact.note.starts_with("while ")) return " " + std::string(fact.note.substr(0, fact.note.find(';')));
  if (only_starts(fact)) return " while the process starts";
  bool brief = fact.strength == Strength::conditional && fact.usual != "100+" && fact.usual != "unbounded";
  if (fact.kind == BlockingKind::network && brief) {
    return view.knowledge().is_class(event.origin) ? " while it is set up" : " until it returns";
  }
  switch (fact.kind) {
    case BlockingKind::http:
      return " until the server answers";
    case BlockingKind::database:
      return " until the database answers";
    case BlockingKind::file_io:
      return " while the disk works";
    case BlockingKind::subprocess:
      return " until the process is done";
    case BlockingKind::network:
      return " while the network answers";
    case BlockingKind::console:
      return " until somebody answers at the terminal";
    case BlockingKind::wait:
      return " until another thread or process lets go";
    default:
      return " until it returns";
  }
}

// " for 2 seconds" where the code says so; nothing for a sleep of 0.
std::string sleeping_time(const UnitView& view, const BlockingEvent& event) {
  const Argument* argument = event.call == nullptr ? nullptr : view.facts().positional(*event.call, 0);
  if (argument == nullptr) return " until it returns";
  Kind kind = view.unit()[argument->value].kind;
  if (kind != Kind::integer && kind != Kind::float_) return " until it returns";
  std::string text(view.text(argument->value));
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  double seconds = std::strtod(text.c_str(), nullptr);
  if (seconds == 0) return "";
  return " for " + text + (seconds == 1 ? " second" : " seconds");
}

// "; run it there, or use that": the hand-over first where the other way needs something new.
std::string joined_ways(std::string first, std::string second) {
  if (first.empty()) return second;
  return second.empty() ? first : first + ", or " + second;
}

std::string thread_advice(const UnitView& view, const BlockingEvent& event) {
  if (event.by == UseKind::iterate)
    return "fetch what it gives in a worker thread with " + quoted(offload_name(view) + "()");
  if (event.by == UseKind::enter || is_with_item(view, event))
    return "move the block into a function and " + thread_way(view, "that");
  if (event.fact->kind == BlockingKind::file_io && !followers(view, event).empty()) {
    return "move the work on it into a function and " + thread_way(view, "that");
  }
  return thread_way(view, "it");
}

// Packages for files hand the work to a thread themselves: worth a word only where one is in use.
bool worth_naming(const UnitView& view, const BlockingEvent& event, const AsyncWay& way) {
  if (event.fact->kind != BlockingKind::file_io || way.form != AsyncWay::Form::package) return true;
  const auto& imported = view.linker().index().tables->imported;
  return std::binary_search(imported.begin(), imported.end(), way.symbol);
}

}  // namespace

std::string thread_way(const UnitView& view, std::string_view what) {
  return "run " + std::string(what) + " in a worker thread with " + quoted(offload_name(view) + "()");
}

std::string way_out(const UnitView& view, const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  bool both_ways = fact.offload == Offload::sync_to_async && fact.replacement.starts_with("async for ");
  if (event.by == UseKind::iterate && both_ways) return "use `async for`";
  auto ways = async_ways(view, fact);
  std::string thread = threadable(fact) && fact.kind != BlockingKind::sleep ? thread_advice(view, event) : "";
  if (fact.offload == Offload::same_thread)
    thread = "put all of its use into one function and " + thread_way(view, "that");
  if (fact.offload == Offload::sync_to_async) thread = "wrap it in " + quoted("sync_to_async()");
  std::erase_if(ways, [&](const AsyncWay& way) { return !thread.empty() && !worth_naming(view, event, way); });
  if (fact.kind == BlockingKind::configured && ways.empty() && !fact.replacement.empty())
    return "use " + quoted(fact.replacement);
  if (ways.empty()) return thread.empty() ? "keep it out of async code" : thread;
  std::string way = describe_way(view, event, ways.front());
  bool twin = ways.front().form == AsyncWay::Form::method || ways.front().form == AsyncWay::Form::function;
  bool own = fact.fix == FixKind::direct || ways.front().form == AsyncWay::Form::symbol;
  if (twin || fact.kind == BlockingKind::configured) return way;
  return own ? joined_ways(way, thread) : joined_ways(thread, way);
}

std::string display_name(const UnitView& view, const BlockingEvent& event) {
  std::string_view written = view.text(event.node);
  bool fits = written.size() <= kLongestQuote && written.find('\n') == std::string_view::npos;
  if (event.by == UseKind::iterate) return fits ? "the loop over " + quoted(written) : "this loop";
  if (event.by == UseKind::enter) return fits ? quoted("with " + std::string(written)) : "this `with` block";
  std::string_view origin = event.origin;
  // As it stands here if that says what it is, else by its origin: "Path.read_text()", "time.sleep()".
  if (fits && last_of(written) == last_of(origin)) return quoted(std::string(written) + "()");
  constexpr std::string_view kBuiltins = "builtins.";
  if (origin.starts_with(kBuiltins)) origin.remove_prefix(kBuiltins.size());
  std::string_view cls = parent_of(origin);
  if (view.knowledge().is_class(cls)) origin.remove_prefix(parent_of(cls).empty() ? 0 : parent_of(cls).size() + 1);
  return quoted(std::string(origin) + "()");
}

std::string blocking_message(const UnitView& view, const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  std::string name = display_name(view, event);
  if (name[0] != '`') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  if (fact.kind == BlockingKind::sleep) {
    std::string_view call = short_call(view, event);
    if (!call.empty() && last_of(view.text(event.node)) == last_of(event.origin)) name = quoted(call);
    std::string time = sleeping_time(view, event);
    if (time.empty()) return name + " gives way to other threads but to no other task; " + way_out(view, event) + ".";
    return name + " stops every task on the event loop" + time + "; " + way_out(view, event) + ".";
  }
  if (fact.kind == BlockingKind::console && fact.offload == Offload::no) {
    return name + " stops every task on the event loop as long as the debugger waits for you.";
  }
  if (fact.strength == Strength::small && fact.kind == BlockingKind::file_io) {
    return name +
           " stops every task on the event loop while the disk answers, which a slow or remote disk can draw out; " +
           way_out(view, event) + ".";
  }
  return name + " stops every task on the event loop" + until(view, event) + "; " + way_out(view, event) +
         ".";
}

std::string together_message(const UnitView& view, const std::vector<const BlockingEvent*>& group) {
  std::string name = display_name(view, *group.front());
  if (group.size() == 1) {
    return name +
           " stops every task on the event loop once in every round of this loop; put the loop into a function and " +
           thread_way(view, "that") + ".";
  }
  std::size_t more = group.size() - 1;
  return name + " and " + std::to_string(more) + (more == 1 ? " more file system call" : " more file system calls") +
         " in this function stop every task on the event loop while the disk works; put them into one function and " +
         thread_way(view, "that") + ".";
}

Severity blocking_severity(const UnitView& view, const BlockingEvent& event) {
  const BlockingFact& fact = *event.fact;
  if (fact.kind == BlockingKind::console && fact.strength == Strength::small) return Severity::hint;
  if (fact.kind == BlockingKind::sleep && sleeping_time(view, event).empty()) return Severity::hint;
  if (fact.strength == Strength::small || only_starts(fact) || event.once) return Severity::info;
  return view.in_test(event.function) ? Severity::info : Severity::warning;
}

}  // namespace awaitd::analysis
