#include "analysis/rules/endless.h"

namespace awaitd::analysis {
namespace {

bool always_true(const Unit& unit, NodeId condition) {
  condition = inside_parentheses(unit, condition);
  return unit[condition].kind == Kind::true_ ||
         (unit[condition].kind == Kind::integer && unit.text_of(condition) != "0");
}

// A break of this loop, a return, a raise, or anything else that may end it on purpose.
bool has_way_out(const Unit& unit, NodeId loop) {
  for (NodeId n = loop + 1; n < loop + unit[loop].size; ++n) {
    switch (unit[n].kind) {
      case Kind::function_definition:
      case Kind::lambda:
        n += unit[n].size - 1;
        break;
      case Kind::return_statement:
      case Kind::raise_statement:
      case Kind::yield:
        return true;
      case Kind::break_statement: {
        NodeId around = unit[n].parent;
        while (around != loop && unit[around].kind != Kind::for_statement && unit[around].kind != Kind::while_statement)
          around = unit[around].parent;
        if (around == loop) return true;
        break;
      }
      default:
        break;
    }
  }
  return false;
}

}  // namespace

bool never_ends(const Linker& linker, const Value& function) {
  const UnitData& data = *linker.unit({function.module, function.unit}).data;
  const Unit& unit = *data.unit;
  const Function& fn = data.facts->functions[function.id];
  if (fn.body == kNoNode || fn.lambda || fn.async || fn.generator) return false;
  for (NodeId statement : children(unit, fn.body)) {
    if (unit[statement].kind == Kind::return_statement) return false;
    NodeId loop = statement;
    if (unit[loop].kind == Kind::try_statement) {  // try: while True: ... finally: ...
      NodeId body = unit.child(loop, Field::body);
      loop = body == kNoNode ? kNoNode : unit.child(body, Kind::while_statement);
      if (loop == kNoNode || unit.child(statement, Kind::except_clause) != kNoNode) continue;
    }
    if (unit[loop].kind != Kind::while_statement) continue;
    NodeId condition = unit.child(loop, Field::condition);
    if (condition != kNoNode && always_true(unit, condition) && !has_way_out(unit, loop)) return true;
  }
  return false;
}

}  // namespace awaitd::analysis
