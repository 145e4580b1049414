// AWD104: file system work on the event loop. Files opened or read are warnings; a single stat-like call is
// information; several of those in one function are one finding, a warning from three on or in a loop.
#include <algorithm>

#include "analysis/fixes/blocking_fixes.h"
#include "analysis/fixes/events.h"
#include "analysis/fixes/extract.h"
#include "analysis/rules/advice.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/start_up.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kSeveral = 3;  // this many microsecond calls in one function are worth one helper

// What one finding is about.
struct Work {
  std::vector<const BlockingEvent*> events;
  bool together = false;  // small calls that only count together, or again and again
  bool felt = true;       // enough of them for a warning
};

// A loop that waits in every round, as one that polls a file does: the loop gets its turn after each call.
bool waits_each_round(const UnitView& view, NodeId loop) {
  const Unit& unit = view.unit();
  if (unit[loop].kind == Kind::while_statement) {
    for (NodeId statement : children(unit, unit.child(loop, Field::body))) {
      if (unit[statement].kind != Kind::expression_statement) continue;
      const NodeId first = unit.first_child(statement);
      if (first != kNoNode && unit[first].kind == Kind::await) return true;
    }
  }
  return false;
}

bool in_loop(const UnitView& view, const BlockingEvent& event) {
  const Unit& unit = view.unit();
  if (comprehension_around(unit, event.node) != kNoNode) return true;
  NodeId child = event.node;
  for (NodeId n = unit[child].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    // A loop's iterable is evaluated once.
    if (kind == Kind::for_statement && unit[child].field != Field::right) return true;
    if (kind == Kind::while_statement) return !waits_each_round(view, n);
  }
  return false;
}

// The file object's own methods and what it is handed to, where it was opened in the same function: the open is the
// finding.
bool follows(const UnitView& view, const BlockingEvent& event) {
  for (const BlockingEvent& open : view.blocking()) {
    if (open.fact->kind == BlockingKind::file_io && works_on(view, event, open) && makes_a_file(view, open))
      return true;
  }
  return false;
}

std::vector<Work> file_work(const UnitView& view) {
  std::vector<Work> all;
  std::vector<std::vector<const BlockingEvent*>> small(view.facts().functions.size());
  for (const BlockingEvent& event : view.blocking()) {
    if (event.fact->kind != BlockingKind::file_io || !view.facts().functions[event.function].async) continue;
    if (follows(view, event)) continue;
    if (event.fact->strength == Strength::small)
      small[event.function].push_back(&event);
    else
      all.push_back({{&event}, false});
  }
  for (auto& group : small) {
    bool loop = false;
    for (const BlockingEvent* event : group) loop |= in_loop(view, *event);
    if (group.empty()) continue;
    bool felt = group.size() >= kSeveral || loop;
    bool together = group.size() > 1 || loop;
    all.push_back({std::move(group), together, felt});
  }
  return all;
}

void add_fixes(const UnitView& view, const Work& work, FixList& fixes) {
  if (work.together) return fix_group(view, work.events, work.felt, fixes);
  const BlockingEvent& event = *work.events.front();
  fix_event(view, event, fixes);
  if (fixes.enough()) return;
  // One thread for everything costs less than one a call.
  std::vector<const BlockingEvent*> all;
  bool other = false;
  for (const Work& each : file_work(view)) {
    if (each.events.front()->function != event.function) continue;
    other |= each.events.front() != &event;
    all.insert(all.end(), each.events.begin(), each.events.end());
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->node < b->node; });
  if (other) fix_together(view, all, "all of the file work", false, fixes);
}

void report_together(const UnitView& view, Finding& finding, const Work& work) {
  bool test = view.in_test(work.events.front()->function);
  finding.severity = work.felt && !test ? Severity::warning : Severity::info;
  for (const BlockingEvent* event : work.events) {
    if (event != work.events.front()) {
      finding.notes.push_back({"", view.range(event->node), display_name(view, *event) + " blocks here too"});
    }
    if (event->confidence == Confidence::definite) finding.confidence = Confidence::definite;
  }
}

void check(const UnitView& view, Report& report) {
  for (const Work& work : file_work(view)) {
    const BlockingEvent& first = *work.events.front();
    Finding& finding =
        report.add(first.node, work.together ? together_message(view, work.events) : blocking_message(view, first));
    finding.origin = first.origin;
    finding.confidence = first.confidence;
    finding.severity = blocking_severity(view, first);
    if (work.together) report_together(view, finding, work);
    soften(view, first.function, first.node, finding);
    FixList probe(true);
    add_fixes(view, work, probe);
    finding.fixable = !probe.fixes.empty();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Work& work : file_work(view)) {
    if (view.document_range(work.events.front()->node) == finding.range) return add_fixes(view, work, fixes);
  }
}

}  // namespace

extern constinit const Rule blocking_file_io = {
    .code = "AWD104",
    .name = "blocking-file-io",
    .summary = "Synchronous file system work on the event loop",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
