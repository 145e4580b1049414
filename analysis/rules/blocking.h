// What family 1xx shares: the places of a unit that block the thread while the event loop waits, found once per unit
// from resolved origins and the blocking table. Plain data; offsets and ids are the unit's.
#pragma once
#include <string>
#include <vector>

#include "analysis/knowledge/knowledge.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

struct BlockingEvent {
  UseKind by{};                  // f(), for x in y, with y
  NodeId node = kNoNode;         // what is underlined: the callee, the iterable, the context expression
  const Call* call = nullptr;    // of UseKind::call
  const BlockingFact* fact = nullptr;
  std::string origin;            // "requests.Session.get"
  FunctionId function = 0;
  Confidence confidence{};
  bool once = false;             // filled once and remembered
};

// Events in code that runs on the loop, in text order. Those in plain functions that the loop calls (AWD111) are told
// apart by view.called_by_loop(event.function).
std::vector<BlockingEvent> blocking_events(const UnitView& view);

// "`requests.get()` blocks the event loop until the server answers, and every other task with it; use ..."
std::string blocking_message(const UnitView& view, const BlockingEvent& event);
// "open()" for builtins.open, "Path.read_text()" for pathlib.Path.read_text, "the loop over `rows`".
std::string display_name(const UnitView& view, const BlockingEvent& event);

// Reports every event of one kind: the whole check of the simple rules of the family.
void report_blocking(const UnitView& view, Report& report, BlockingKind kind);

}  // namespace awaitd::analysis
