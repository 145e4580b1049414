#include "analysis/rules/running_loop.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kAnyLibrary = "any";

// `except RuntimeError`, or a handler for everything.
bool handles_it(const UnitView& view, NodeId clause) {
  NodeId value = view.unit().child(clause, Field::value);
  if (value == kNoNode) return true;
  std::string_view text = view.text(value);
  return text.find("RuntimeError") != std::string_view::npos || text.find("Exception") != std::string_view::npos;
}

bool expects_errors(const UnitView& view, NodeId statement) {
  for (const WithItem& item : view.facts().with_items) {
    if (item.statement != statement || item.value == kNoNode) continue;
    const Call* call = view.facts().call_at(item.value);
    if (call == nullptr) continue;
    if (loop_fact(view.callee(*call), view, LoopRole::expect) != nullptr) return true;
  }
  return false;
}

}  // namespace

bool raises_inside(const UnitView& view, const LoopFact& fact) {
  return fact.library == kAnyLibrary || fact.library == view.library().name || fact.library == view.library().runs_on;
}

bool expects_error(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  NodeId child = node;
  for (NodeId n = unit[node].parent; n != kNoNode; child = n, n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::with_statement && expects_errors(view, n)) return true;
    if (kind != Kind::try_statement || unit[child].field != Field::body) continue;
    for (NodeId clause : children(unit, n)) {
      if (unit[clause].kind == Kind::except_clause && handles_it(view, clause)) return true;
    }
  }
  return false;
}

bool in_expecting_block(const UnitView& view, NodeId node) {
  for (NodeId n = view.unit()[node].parent; n != kNoNode; n = view.unit()[n].parent) {
    Kind kind = view.unit()[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return false;
    if (kind == Kind::with_statement && expects_errors(view, n)) return true;
  }
  return false;
}

bool loops_nest(const UnitView& view) {
  bool nest = false;
  for (const LoopFact& row : view.knowledge().loop_rows()) {
    if (row.role != LoopRole::patch) continue;
    view.each_unit_that_mentions({row.name.substr(row.name.rfind('.') + 1)}, [&](const UnitView& other) {
      for (const LoopCall& call : other.loop_calls()) nest |= call.as(LoopRole::patch) != nullptr;
    });
  }
  return nest;
}

}  // namespace awaitd::analysis
