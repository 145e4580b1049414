// AWD104: file system work on the event loop. Files opened or read are warnings; a single stat-like call is information;
// several of those in one function, or one in a loop, are one warning for all of them.
#include "analysis/fixes/blocking_fixes.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kSeveral = 3;  // this many microsecond calls in one function are worth one helper

bool in_loop(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  NodeId child = event.node;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    // A loop's iterable is evaluated once.
    if (kind == Kind::for_statement && unit[child].field != Field::right) return true;
    if (kind == Kind::while_statement) return true;
  }
  return false;
}

// The file object's own methods, where the file was opened in the same function: the open is the finding.
bool follows_from(const UnitView& view, const BlockingEvent& event, const std::vector<const BlockingEvent*>& opened) {
  const Unit& unit = view.unit();
  std::vector<NodeId> objects;  // the receiver, or the file handed to json.load()
  if (event.by != UseKind::call) objects.push_back(event.node);
  else if (unit[event.node].kind == Kind::attribute) objects.push_back(unit.child(event.node, Field::object));
  if (event.call != nullptr) {
    for (const Argument& a : view.facts().arguments_of(*event.call)) objects.push_back(a.value);
  }
  for (const BlockingEvent* open : opened) {
    if (open->function != event.function || open->call == nullptr) continue;
    for (NodeId object : objects) {
      if (object == kNoNode) continue;
      if (inside_parentheses(unit, object) == open->call->node) return true;
      if (unit[object].kind != Kind::identifier) continue;
      for (const Binding& b : view.facts().bindings) {
        if (b.name == view.text(object) && b.value == open->call->node) return true;
      }
    }
  }
  return false;
}

void report_one(const UnitView& view, Report& report, const BlockingEvent& event) {
  Finding& finding = report.add(event.node, blocking_message(view, event));
  finding.origin = event.origin;
  finding.confidence = event.confidence;
  finding.severity = blocking_severity(view, event);
  finding.fixable = true;
}

void report_together(const UnitView& view, Report& report, const std::vector<const BlockingEvent*>& group) {
  const BlockingEvent& first = *group.front();
  std::string message = display_name(view, first);
  std::string thread = "`" + std::string(view.library().offload) + "()`";
  if (group.size() > 1) {
    message += " and " + std::to_string(group.size() - 1) + " more file system calls here block the event loop while the disk works; "
               "put them into one function and run it with " + thread + ".";
  } else {
    message += " blocks the event loop once for every round of this loop; put the loop into a function and run it with " + thread + ".";
  }
  Finding& finding = report.add(first.node, std::move(message));
  finding.origin = first.origin;
  finding.confidence = first.confidence;
  finding.severity = view.in_test(first.function) ? Severity::info : Severity::warning;
  finding.fixable = true;
  for (std::size_t i = 1; i < group.size(); ++i) {
    finding.notes.push_back({"", view.range(group[i]->node), display_name(view, *group[i]) + " blocks here too"});
    if (group[i]->confidence == Confidence::definite) finding.confidence = Confidence::definite;
  }
}

void check(const UnitView& view, Report& report) {
  std::vector<const BlockingEvent*> opened;
  std::vector<std::vector<const BlockingEvent*>> small(view.facts().functions.size());
  for (const BlockingEvent& event : view.blocking()) {
    if (event.fact->kind != BlockingKind::file_io || !view.facts().functions[event.function].async) continue;
    if (follows_from(view, event, opened)) continue;
    if (event.call != nullptr) opened.push_back(&event);
    if (event.fact->strength == Strength::small) small[event.function].push_back(&event);
    else report_one(view, report, event);
  }
  for (const auto& group : small) {
    bool loop = false;
    for (const BlockingEvent* event : group) loop |= in_loop(view, *event);
    if (group.size() >= kSeveral || loop) {
      report_together(view, report, group);
    } else {
      for (const BlockingEvent* event : group) report_one(view, report, *event);
    }
  }
}

}  // namespace

extern constinit const Rule blocking_file_io = {
    .code = "AWD104",
    .name = "blocking-file-io",
    .summary = "Synchronous file system work on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix_blocking_call,
};

}  // namespace awaitd::analysis
