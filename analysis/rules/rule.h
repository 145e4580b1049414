// A rule is a constant value, a page beside it (the same name with .md) and a line in rules.def. Everything hard (names, types, colour)
// is done before a rule looks. Rules are pure functions: no state, no I/O, safe on any thread.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "analysis/finding.h"

namespace awaitd::analysis {

class UnitView;   // analysis/unit_view.h
class Report;
class FixList;  // analysis/fixes/fix_list.h

// How an editor may draw what a rule underlines, beside the squiggle: as it is, faded, struck through.
enum class Mark : std::uint8_t { none, unnecessary, deprecated };

struct Rule {
  std::string_view code;      // "AWD101"
  std::string_view name;      // "blocking-sleep": blocking_sleep.cc and blocking_sleep.md
  std::string_view summary;   // one line for `awaitd rules`
  Severity severity{};
  bool enabled = true;        // default on or off
  Mark mark = Mark::none;
  // Reports the findings of one unit.
  void (*check)(const UnitView&, Report&) = nullptr;
  // Adds the fixes of one finding of this rule, best first. Null: none beside "silence".
  void (*fix)(const UnitView&, const Finding&, FixList&) = nullptr;
};

// In the order of rules.def.
std::span<const Rule* const> all_rules();
// By code or name, case-insensitive for codes; null if unknown.
const Rule* find_rule(std::string_view code_or_name);
// The Markdown page.
std::string_view rule_page(const Rule& rule);

}  // namespace awaitd::analysis
