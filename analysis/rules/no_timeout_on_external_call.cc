// AWD601: waiting for something outside the program without a timeout: none at all, one of minutes, or only a default.
#include "analysis/effects/names.h"
#include "analysis/fixes/timeout_fixes.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/timeouts.h"

namespace awaitd::analysis {
namespace {

void add_notes(const UnitView& view, const WaitGroup& group, Finding& finding) {
  for (const WaitPlace* place : group.places) {
    if (place == &group.shown()) continue;
    finding.notes.push_back({"", view.range(place->node), call_name(view, *place) + " waits here"});
  }
  Linker& linker = view.linker();
  for (const AwaitEdge& edge : group.reached.path) {
    const IndexedUnit& unit = linker.unit({edge.caller.module, edge.caller.unit});
    const Node& node = (*unit.data->unit)[edge.node];
    Note note;
    note.text =
        short_name(linker, edge.caller) + " runs " + short_name(linker, edge.callee) + " without a timeout around it";
    if (edge.caller.module == 0) {
      note.unit = static_cast<int>(edge.caller.unit);
      note.range = {node.start, node.end};
    } else {
      note.file = linker.index(edge.caller.module).path;
      note.range = {unit.to_document(node.start), unit.to_document(node.end)};
    }
    finding.notes.push_back(std::move(note));
  }
}

void check(const UnitView& view, Report& report) {
  for (const WaitGroup& group : wait_groups(view)) {
    Finding& finding = report.add(group.shown().node, wait_message(view, group));
    finding.origin = group.first().origin;
    finding.severity = group.severity;
    finding.confidence = group.confidence;
    add_notes(view, group, finding);
    FixList probe(true);
    fix_waits(view, group, probe);
    finding.fixable = !probe.fixes.empty();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const WaitGroup& group : wait_groups(view)) {
    if (view.document_range(group.shown().node) == finding.range) return fix_waits(view, group, fixes);
  }
}

}  // namespace

extern constinit const Rule no_timeout_on_external_call = {
    .code = "AWD601",
    .name = "no-timeout-on-external-call",
    .summary = "Waiting for another machine, process or user without a timeout",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
