#include "analysis/rules/cpu.h"

#include <cmath>
#include <cstdio>

#include "analysis/effects/names.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kLongestQuote = 40;

bool is_comprehension(const LoopCost& loop) { return loop.form == LoopCost::Form::comprehension; }

// Of a for statement or a clause there is a use at its iterable, which keeps its place when text moves.
std::uint32_t use_at(const Uses& uses, NodeId node) {
  for (std::uint32_t u = 0; u < uses.uses.size(); ++u) {
    if (uses.uses[u].node == node && uses.uses[u].kind == UseKind::iterate) return u;
  }
  return kNone;
}

}  // namespace

std::string about(double milliseconds) {
  double unit = std::pow(10, std::floor(std::log10(std::max(milliseconds, 1.0))));
  double rounded = std::round(milliseconds / unit) * unit;
  char text[48];
  if (rounded >= 60'000)
    std::snprintf(text, sizeof text, "%.0f minutes", std::max(1.0, std::round(rounded / 60'000)));
  else if (rounded >= 1000)
    std::snprintf(text, sizeof text, "%.0f s", rounded / 1000);
  else
    std::snprintf(text, sizeof text, "%.0f ms", rounded);
  return text == std::string_view("1 minutes") ? "1 minute" : text;
}

std::string with_commas(double number) {
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.0f", number);
  std::string text(digits);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

NodeId place_of(const Unit& unit, const LoopCost& loop) {
  if (is_comprehension(loop)) return loop.node;
  if (loop.iterable != kNoNode) return loop.iterable;
  NodeId condition = unit.child(loop.node, Field::condition);
  return condition == kNoNode ? loop.node : condition;
}

std::string loop_name(const Unit& unit, const LoopCost& loop) {
  std::string name = is_comprehension(loop)                          ? "comprehension"
                     : unit[loop.node].kind == Kind::while_statement ? "`while` loop"
                                                                     : "loop";
  if (is_comprehension(loop) && unit[loop.node].kind == Kind::generator_expression) name = "generator expression";
  if (loop.iterable == kNoNode) return name;
  std::string_view over = unit.text_of(loop.iterable);
  bool fits = over.size() <= kLongestQuote && over.find('\n') == std::string_view::npos;
  return fits ? name + " over `" + std::string(over) + "`" : name;
}

std::vector<Note> estimate_notes(const UnitView& view, const Estimate& estimate) {
  std::vector<Note> notes;
  Linker& linker = view.linker();
  for (std::size_t i = 0; i < estimate.path.size(); ++i) {
    const Estimate::Step& step = estimate.path[i];
    const IndexedUnit& home = linker.unit({step.function.module, step.function.unit});
    const Uses& uses = home.data->uses();
    const Unit& unit = *home.data->unit;
    Note note;
    NodeId node = kNoNode;
    std::uint32_t use = step.use;
    if (step.loop != kNone) {
      const LoopCost& loop = uses.costs.loops[step.loop];
      node = loop.iterable == kNoNode ? loop.node : loop.iterable;
      if (loop.iterable != kNoNode) use = use_at(uses, loop.iterable);
      note.text = short_name(linker, step.function) + " runs this " + loop_name(unit, loop) + " " +
                  with_commas(estimate.rounds) + " times";
    } else {
      if (i == 0) continue;  // the place itself
      node = uses.uses[step.use].node;
      note.text = short_name(linker, step.function) + " runs " + short_name(linker, estimate.path[i + 1].function);
    }
    Range local{unit[node].start, unit[node].end};
    if (step.function.module == 0) {
      note.unit = static_cast<int>(step.function.unit);
      note.use = use == kNone ? -1 : static_cast<int>(use);
      note.range = local;
    } else {
      note.file = linker.index(step.function.module).path;
      note.range = {home.to_document(local.start), home.to_document(local.end)};
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

std::string estimate_chain(const UnitView& view, const Estimate& estimate) {
  constexpr std::size_t kShown = 4;
  std::string text;
  std::size_t count = estimate.path.size();
  for (std::size_t i = 1; i < count; ++i) {
    bool left_out = count > kShown + 1 && i > 2 && i + 1 < count;
    if (left_out && i > 3) continue;
    text += (text.empty() ? "" : " -> ") +
            (left_out ? std::string("...") : short_name(view.linker(), estimate.path[i].function));
  }
  return text;
}

Estimate estimate_of(const UnitView& view, std::uint32_t use) {
  Estimate estimate = view.effects().estimates().call(view.at(), use, {});
  // Its loops are told in the message and the notes.
  for (const Estimate::Step& step : estimate.path) view.look_at({step.function.module, step.function.unit});
  return estimate;
}

}  // namespace awaitd::analysis
