#include "analysis/fixes/context_variable.h"

#include "analysis/fixes/lock_home.h"

namespace awaitd::analysis {
namespace {

// Rewrites the unit's uses of `object.name`; false if one of them is more than reading and storing, or if the object
// itself goes anywhere.
bool rewrite(const UnitView& view, EditBuilder& edits, std::string_view object, std::string_view whole,
             const std::string& variable) {
  const Unit& unit = view.unit();
  // A value that is not there is a LookupError then.
  if (unit.text.find("AttributeError") != std::string::npos) return false;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || view.text(n) != object) continue;
    if (unit[n].field == Field::attribute || unit[n].field == Field::name || !view.is_global_at(object, n)) continue;
    const NodeId parent = unit[n].parent;
    if (unit.skeleton && unit[parent].kind == Kind::assignment && unit[n].field == Field::left) continue;  // it is made
    if (unit[parent].kind != Kind::attribute || unit[n].field != Field::object) return false;
    if (view.text(parent) != whole) continue;
    const NodeId outer = unit[parent].parent;
    if (unit[outer].kind == Kind::augmented_assignment || unit[outer].kind == Kind::delete_statement) return false;
    if (unit[outer].kind != Kind::assignment || unit[parent].field != Field::left) {
      if (unit[parent].field == Field::left || unit[outer].kind == Kind::pattern_list) return false;
      edits.replace(parent, variable + ".get()");
      continue;
    }
    const NodeId value = unit.child(outer, Field::right);
    if (value == kNoNode || unit[value].kind == Kind::assignment || unit.child(outer, Field::type) != kNoNode ||
        unit[unit[outer].parent].kind != Kind::expression_statement)
      return false;
    edits.replace(Range{unit[parent].start, unit[value].start}, variable + ".set(");
    edits.insert(unit[value].end, ")");
  }
  return true;
}

}  // namespace

std::optional<Fix> as_context_variable(const UnitView& view, NodeId attribute, bool probe) {
  const Unit& unit = view.unit();
  const NodeId object = unit.child(attribute, Field::object), name = unit.child(attribute, Field::attribute);
  if (object == kNoNode || name == kNoNode || unit[object].kind != Kind::identifier) return std::nullopt;
  if (!view.is_global_at(view.text(object), object)) return std::nullopt;
  std::string stem(view.text(object));
  while (!stem.empty() && stem.front() == '_') stem.erase(0, 1);
  const std::string variable = "_" + stem + "_" + std::string(view.text(name));
  auto home = lock_beside_global(view, "::" + std::string(view.text(object)), variable);
  if (!home) return std::nullopt;
  std::optional<Fix> all =
      make_lock(view, *home, "contextvars.ContextVar", "\"" + std::string(view.text(name)) + "\"", probe);
  bool fine = all.has_value();
  view.each_unit_that_mentions({view.text(object)}, [&](const UnitView& other) {
    EditBuilder edits(other, probe);
    fine = fine && rewrite(other, edits, view.text(object), view.text(attribute), variable);
    auto one = fine ? edits.finish("Use a ContextVar", Safety::suggested) : std::nullopt;
    fine = fine && one.has_value();
    if (fine && !one->files[0].edits.empty()) all = both(std::move(one), std::move(all));
    fine = fine && all.has_value();
  });
  return fine ? std::move(all) : std::nullopt;
}

}  // namespace awaitd::analysis
