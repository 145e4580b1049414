#include "analysis/unit_view.h"

#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/flow/flow.h"
#include "analysis/knowledge/words.h"
#include "analysis/link/value_sets.h"
#include "analysis/rules/blocking.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/coroutine_values.h"
#include "analysis/rules/races.h"
#include "analysis/rules/rule.h"
#include "analysis/rules/shared_state.h"

namespace awaitd::analysis {

std::uint32_t UnitPlace::to_document(std::uint32_t offset) const {
  if (placed == &chunk->skeleton) return chunk_start + chunk->from_skeleton(offset);
  return chunk_start + placed->start + offset;
}

UnitView::UnitView(const Analysis& analysis, std::size_t chunk, std::size_t unit_of_chunk, Effects& effects)
    : analysis_(analysis),
      unit_(analysis.first_unit[chunk] + static_cast<std::uint32_t>(unit_of_chunk)),
      data_(*analysis.chunks[chunk]->units[unit_of_chunk].data),
      place_(analysis.place(chunk, unit_of_chunk)),
      document_(analysis.document),
      options_(*analysis.options),
      effects_(effects),
      builder_(*data_.facts, scratch_) {}

UnitView::UnitView(const Analysis& analysis, std::uint32_t unit, Effects& effects)
    : UnitView(analysis, analysis.chunk_of(unit), unit - analysis.first_unit[analysis.chunk_of(unit)], effects) {}

UnitView::UnitView(const UnitView& sibling, std::uint32_t unit)
    : UnitView(sibling.analysis_, unit, sibling.effects_) {
  looked_ = sibling.looked_;
  sibling.look_at(at());
}

UnitView::~UnitView() { linker().forget(scratch_); }

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
  return linker().values(scratch_, builder_.expression(expression), at());
}

ValueSet UnitView::callee(const Call& call) const {
  // Mostly somebody has asked before, by the use.
  const Uses& all = uses();
  auto use = std::lower_bound(all.uses.begin(), all.uses.end(), call.callee,
                              [](const Use& u, NodeId node) { return u.node < node; });
  for (; use != all.uses.end() && use->node == call.callee; ++use) {
    if (use->kind == UseKind::call && &facts().calls[use->call] == &call)
      return linker().values(all.terms, use->target, at());
  }
  return values(call.callee);
}

Colour UnitView::colour(FunctionId function) const {
  const Function& fn = facts().functions[function];
  if (fn.async) return Colour::loop;
  if (fn.module) return Colour::no_loop;
  return called_by_loop(function) != nullptr ? Colour::loop : Colour::unknown;
}

const ContextFact* UnitView::called_by_loop(FunctionId function) const {
  const Function& fn = facts().functions[function];
  if (fn.async || fn.lambda || fn.module || function != 1) return nullptr;
  std::string_view name = exports().functions[function].name;
  std::uint32_t cls = linker().unit(at()).cls;
  if (cls != kNone) {
    for (const std::string& base : linker().external_bases(0, cls).names) {
      const ContextFact* fact = knowledge().context(base);
      if (fact == nullptr || !fact->base_class || !fact->sync_on_loop) continue;
      std::string list = " " + std::string(fact->methods) + " ";
      if (fact->methods.empty() || list.find(" " + std::string(name) + " ") != std::string::npos) return fact;
    }
  }
  for (TermId d : exports().functions[function].decorators) {
    for (const Value& v : linker().values(exports().terms, d, at()).values) {
      const ContextFact* fact = knowledge().context(v.name);
      if (fact != nullptr && fact->decorator && fact->sync_on_loop) return fact;
    }
  }
  return nullptr;
}

bool UnitView::any_on_loop() const {
  for (FunctionId f = 0; f < facts().functions.size(); ++f) {
    if (on_loop(f)) return true;
  }
  return false;
}

// Or in what measures: there too it costs nobody who waits.
bool UnitView::in_test(FunctionId function) const {
  std::string_view module = linker().index().module;
  while (!module.empty()) {
    std::size_t dot = module.find('.');
    std::string_view part = module.substr(0, dot);
    if (is_test_name(part) || is_word_for("measures", part)) return true;
    module = dot == std::string_view::npos ? std::string_view() : module.substr(dot + 1);
  }
  return function_name(function).starts_with("test_");
}

const AsyncLibrary& UnitView::library() const {
  const auto& imported = linker().index().tables->imported;
  const AsyncLibrary* standard = nullptr;
  const AsyncLibrary* chosen = nullptr;
  for (const AsyncLibrary& library : knowledge().libraries()) {
    bool used = std::binary_search(imported.begin(), imported.end(), library.name);
    bool builtin = library.offload_since > 0;  // part of Python: what a module without any import of a loop means
    if (builtin) standard = &library;
    if (used && (chosen == nullptr || builtin)) chosen = &library;
  }
  return chosen != nullptr ? *chosen : *standard;
}

const std::vector<BlockingEvent>& UnitView::blocking() const {
  if (!blocking_) blocking_ = std::make_unique<const std::vector<BlockingEvent>>(blocking_events(*this));
  return *blocking_;
}

const Flow& UnitView::flow(FunctionId function) const {
  if (flows_.empty()) flows_.resize(facts().functions.size());
  if (!flows_[function]) flows_[function] = std::make_unique<const Flow>(build_flow(*this, function));
  return *flows_[function];
}

const SharedFlow& UnitView::shared(FunctionId function) const {
  if (shared_.empty()) shared_.resize(facts().functions.size());
  if (!shared_[function]) shared_[function] = std::make_unique<const SharedFlow>(*this, function);
  return *shared_[function];
}

const std::vector<LoopCall>& UnitView::loop_calls() const {
  if (!loop_calls_) loop_calls_ = std::make_unique<const std::vector<LoopCall>>(analysis::loop_calls(*this));
  return *loop_calls_;
}

const std::vector<Race>& UnitView::races() const {
  if (!races_) races_ = std::make_unique<const std::vector<Race>>(find_races(*this));
  return *races_;
}

const std::vector<CoroutineEvent>& UnitView::coroutines() const {
  if (!coroutines_) coroutines_ = std::make_unique<const std::vector<CoroutineEvent>>(coroutine_events(*this));
  return *coroutines_;
}

bool UnitView::is_global_at(std::string_view name, NodeId node) const {
  // The arena's terms may be narrowed; only a free name stands for the module's.
  return scratch_[builder_.name(name, node)].kind == TermKind::free_name;
}

ValueSet UnitView::meaning(std::string_view name, NodeId node) const {
  return linker().values(scratch_, builder_.name(name, node), at());
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
