#include <algorithm>

#include "analysis/analysis_state.h"
#include "analysis/fixes/async_way.h"
#include "analysis/fixes/fix_list.h"
#include "analysis/fixes/imports.h"
#include "analysis/rules/locks.h"
#include "analysis/rules/notebooks.h"

namespace awaitd::analysis {

void EditBuilder::replace(Range unit_range, std::string text) {
  edits_.push_back({view_.place().to_document(unit_range), std::move(text)});
}

namespace {

// A module-level name that is no import of `origin` and so stands in the way of one.
bool taken(const UnitView& view, std::string_view name, std::string_view origin, NodeId node) {
  if (!view.is_global_at(name, node)) return true;
  if (!view.linker().index().tables->globals.contains(std::string(name))) return false;
  ValueSet meaning = view.meaning(name, node);  // imported for type checkers, under a condition, further down
  return meaning.unknown || meaning.values.size() != 1 || meaning.values[0].kind != ValueKind::external ||
         meaning.values[0].name != origin;
}

}  // namespace

void EditBuilder::need(std::string statement) {
  if (std::find(imports_.begin(), imports_.end(), statement) == imports_.end())
    imports_.push_back(std::move(statement));
}

std::optional<std::string> EditBuilder::name_for(std::string_view dotted, NodeId node) {
  if (auto known = imported_name(view_, dotted, node)) return known;
  if (taken(view_, root_of(dotted), root_of(dotted), node)) return std::nullopt;
  // A loop library's own submodules come with it; of others nothing is known.
  std::string_view module = importable(dotted);
  for (const AsyncLibrary& library : view_.knowledge().libraries()) {
    if (root_of(dotted) == library.name) module = library.name;
  }
  need("import " + std::string(module));
  return std::string(dotted);
}

std::optional<std::string> EditBuilder::name_from(std::string_view dotted, NodeId node) {
  if (auto known = imported_name(view_, dotted, node)) return known;
  if (taken(view_, last_of(dotted), dotted, node)) return std::nullopt;
  need("from " + std::string(parent_of(dotted)) + " import " + std::string(last_of(dotted)));
  return std::string(last_of(dotted));
}

std::optional<Fix> EditBuilder::finish(std::string title, Safety safety) {
  if (!probe_ && (!imports_.empty() || !definitions_.empty())) {
    // In front: at the same place they come first.
    std::vector<Edit> first;
    if (!imports_.empty()) first = import_edits(view_.analysis(), imports_);
    for (const std::string& d : definitions_) first.push_back(definition_edit(view_.analysis(), d));
    edits_.insert(edits_.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
  }
  auto before = [](const Edit& a, const Edit& b) {
    return a.range.start != b.range.start ? a.range.start < b.range.start : a.range.end < b.range.end;
  };
  // Stable, and not std::stable_sort: clang warns of what GCC 12's one is made of.
  for (auto next = edits_.begin(); next != edits_.end(); ++next) {
    std::rotate(std::upper_bound(edits_.begin(), next, *next, before), next, next + 1);
  }
  // Two events may ask for the same: a comprehension that moves as a whole.
  auto same = [](const Edit& a, const Edit& b) {
    return a.range == b.range && a.text == b.text && a.range.start != a.range.end;
  };
  edits_.erase(std::unique(edits_.begin(), edits_.end(), same), edits_.end());
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
    case Kind::attribute:
      return true;
    case Kind::subscript:
      return unit[node].field == Field::value;
    case Kind::call:
      return unit[node].field == Field::function;
    // `await x ** 2` awaits first, but `2 ** await x` and `not await x` are fine; an awaited await is not.
    case Kind::await:
      return true;
    default:
      return false;
  }
}

std::string awaited(const Unit& unit, NodeId node, const std::string& expression) {
  return await_needs_parentheses(unit, node) ? "(await " + expression + ")" : "await " + expression;
}

namespace {

// A thread's lock is held here: with an await in between, another task could wait for it on this very thread.
bool under_thread_lock(const UnitView& view, NodeId node) {
  std::uint32_t at = view.unit()[node].start;
  std::vector<LockScope> scopes = lock_scopes(view);
  return std::any_of(scopes.begin(), scopes.end(), [&](const LockScope& scope) {
    return !scope.lock->task && scope.from <= at && at < scope.to &&
           scope.function == view.facts().function_id_of(node);
  });
}

}  // namespace

bool can_await(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  const Function& function = facts.function_of(node);
  if (!function.async && !(function.module && in_notebook(view))) return false;
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    Kind kind = unit[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) break;
    if (kind == Kind::generator_expression || kind == Kind::class_definition) return false;
  }
  return !under_thread_lock(view, node);
}

}  // namespace awaitd::analysis
