#include "analysis/unit_view.h"

#include "analysis/link/value_sets.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {

std::uint32_t UnitPlace::to_document(std::uint32_t offset) const {
  if (placed == &chunk->skeleton) return chunk_start + chunk->from_skeleton(offset);
  return chunk_start + placed->start + offset;
}

UnitView::UnitView(std::uint32_t unit, const UnitData& data, const UnitPlace& place, const Document& document,
                   const Options& options, Linker& linker)
    : unit_(unit), data_(data), place_(place), document_(document), options_(options), linker_(linker),
      builder_(*data.facts, scratch_) {}

UnitView::~UnitView() { linker_.forget(scratch_); }

Range UnitView::statement_range(NodeId node) const {
  const Unit& u = unit();
  NodeId statement = facts().statement_of(node);
  Range range{u[statement].start, u[statement].end};
  // Of a compound statement only the part before its body: a comment inside the body speaks of the body.
  NodeId body = u.child(statement, Field::body);
  if (body == kNoNode) body = u.child(statement, Field::consequence);
  if (body != kNoNode && body > node) range.end = u[body].start > 0 ? u[body].start - 1 : 0;
  if (range.end < u[node].end) range.end = u[node].end;
  return range;
}

ValueSet UnitView::values(NodeId expression) const {
  if (expression == kNoNode) return unknown_value();
  return linker_.values(scratch_, builder_.expression(expression), unit_);
}

ValueSet UnitView::callee(const Call& call) const { return values(call.callee); }

Colour UnitView::colour(FunctionId function) const {
  const Function& fn = facts().functions[function];
  if (fn.async) return Colour::loop;
  if (fn.module) return Colour::no_loop;
  return Colour::unknown;
}

std::string UnitView::function_name(FunctionId function) const {
  const Function& fn = facts().functions[function];
  if (fn.lambda) return "<lambda>";
  if (fn.name == kNoNode) return "<module>";
  return std::string(unit().text_of(fn.name));
}

Finding& Report::add(NodeId node, std::string message) {
  Finding finding;
  finding.rule = &rule_;
  finding.range = view_.range(node);
  finding.statement = view_.statement_range(node);
  finding.severity = rule_.severity;
  finding.confidence = Confidence::definite;
  finding.message = std::move(message);
  out_.push_back(std::move(finding));
  return out_.back();
}

}  // namespace awaitd::analysis
