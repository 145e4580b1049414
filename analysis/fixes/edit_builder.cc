#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/fixes/fix_list.h"

namespace awaitd::analysis {

void EditBuilder::replace(Range unit_range, std::string text) {
  edits_.push_back({view_.place().to_document(unit_range), std::move(text)});
}

std::optional<std::string> EditBuilder::name_for(std::string_view dotted, NodeId node) {
  std::size_t dot = dotted.find('.');
  std::string_view module = dotted.substr(0, dot);
  ImportEdit import = import_edit(view_.analysis(), module);
  if (!view_.is_global_at(import.local_name, node)) return std::nullopt;
  if (import.edit) {
    bool known = std::any_of(edits_.begin(), edits_.end(), [&](const Edit& e) {
      return e.range == import.edit->range && e.text == import.edit->text;
    });
    if (!known) edits_.push_back(*import.edit);
  }
  return import.local_name + std::string(dot == std::string_view::npos ? std::string_view() : dotted.substr(dot));
}

std::optional<Fix> EditBuilder::finish(std::string title, Safety safety) {
  std::stable_sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
    return a.range.start != b.range.start ? a.range.start < b.range.start : a.range.end < b.range.end;
  });
  for (std::size_t i = 1; i < edits_.size(); ++i) {
    if (edits_[i].range.start < edits_[i - 1].range.end) return std::nullopt;
  }
  Fix fix;
  fix.title = std::move(title);
  fix.safety = safety;
  fix.files.push_back({"", edits_});
  return fix;
}

bool await_needs_parentheses(const Unit& unit, NodeId node) {
  NodeId parent = unit[node].parent;
  if (parent == kNoNode) return false;
  switch (unit[parent].kind) {
    case Kind::attribute: return true;
    case Kind::subscript: return unit[node].field == Field::value;
    case Kind::call: return unit[node].field == Field::function;
    case Kind::binary_operator: {  // `await x ** 2` awaits first, `2 ** await x` is fine too; nothing binds tighter
      return false;
    }
    default: return false;
  }
}

bool can_await(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  if (!facts.function_of(node).async) return false;
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) return true;
    if (kind == Kind::generator_expression || kind == Kind::class_definition) return false;
  }
  return true;
}

}  // namespace awaitd::analysis
