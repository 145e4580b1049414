// Finding::fixable of a rule whose fix finds its place again by the finding's range. Pure.
#pragma once
#include "analysis/fixes/fix_list.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

template <typename Fix>
void mark_fixable(const UnitView& view, Finding& finding, Fix fix) {
  Finding placed = finding;
  placed.range = view.place().to_document(finding.range);
  FixList probe(true);
  fix(view, placed, probe);
  finding.fixable = !probe.fixes.empty();
}

}  // namespace awaitd::analysis
