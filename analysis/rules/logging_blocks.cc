// AWD113: a log handler that writes to the network or the disk by itself, in a module with async code: every log call
// on the event loop then waits for it.
#include <algorithm>

#include "analysis/effects/names.h"
#include "analysis/fixes/log_queue.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

const BlockingFact* handler_made(const UnitView& view, const Use& use, bool& moved) {
  const TermKind kind = view.uses().terms[use.target].kind;
  if (use.kind != UseKind::call ||
      (kind != TermKind::attribute && kind != TermKind::free_name && kind != TermKind::from_import))
    return nullptr;
  for (const Value& v : view.linker().values(view.uses().terms, use.target, view.at()).values) {
    if (v.kind != ValueKind::external) continue;
    const BlockingFact* fact = view.knowledge().fact(v.name);
    if (fact == nullptr || fact->kind != BlockingKind::logging) continue;
    moved |= fact->silent;  // what takes the work of handlers to a thread is known, and silent
    return fact->silent ? nullptr : fact;
  }
  return nullptr;
}

bool has_async_code(const UnitView& view) {
  bool found = false;
  view.each_unit([&](const UnitView& unit) { found |= unit.any_on_loop(); });
  return found;
}

bool moved_elsewhere(const UnitView& view) {
  bool moved = false;
  view.each_unit([&](const UnitView& unit) {
    for (const Use& use : unit.uses().uses) handler_made(unit, use, moved);
  });
  return moved;
}

void check(const UnitView& view, Report& report) {
  const auto& imported = view.linker().index().tables->imported;
  if (view.facts().calls.empty() || !std::binary_search(imported.begin(), imported.end(), "logging")) return;
  bool moved = false;
  std::vector<std::pair<NodeId, const BlockingFact*>> found;
  for (const Use& use : view.uses().uses) {
    if (const BlockingFact* fact = handler_made(view, use, moved)) found.emplace_back(use.node, fact);
  }
  if (found.empty() || moved || !has_async_code(view) || moved_elsewhere(view)) return;
  for (const auto& [node, fact] : found) {
    std::string what = fact->strength == Strength::small ? "writes to the disk" : "talks to the network";
    Finding& finding =
        report.add(node, "`" + short_origin(view.knowledge(), fact->name) + "` " + what +
                             " in every log call, on the event loop as well: put a `QueueHandler` before it and a "
                             "`QueueListener` behind that.");
    finding.origin = fact->name;
    finding.fixable = behind_queue(view, node, true).has_value();
  }
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Use& use : view.uses().uses) {
    if (use.kind != UseKind::call || !(view.document_range(use.node) == finding.range)) continue;
    return fixes.add(behind_queue(view, use.node, fixes.probe()), true);
  }
}

}  // namespace

extern constinit const Rule logging_blocks = {
    .code = "AWD113",
    .name = "logging-blocks",
    .summary = "A log handler that does network or disk I/O, beside async code",
    .severity = Severity::hint,
    .enabled = false,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
