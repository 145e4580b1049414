#include "analysis/fixes/first_use.h"

#include <algorithm>

#include "analysis/fixes/extract.h"
#include "analysis/fixes/lock_home.h"

namespace awaitd::analysis {
namespace {

// The thing that is made: a global, or an attribute of self.
struct Made {
  std::string target;     // "session", "self._session"
  std::string_view name;  // "session", "_session"
  bool global = false;
  NodeId statement = kNoNode;
};

std::optional<Made> made_by(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  const NodeId assignment = unit[call.node].parent;
  if (assignment == kNoNode || unit[assignment].kind != Kind::assignment || unit[call.node].field != Field::right ||
      unit.child(assignment, Field::type) != kNoNode ||
      unit[unit[assignment].parent].kind != Kind::expression_statement)
    return std::nullopt;
  const NodeId left = unit.child(assignment, Field::left);
  Made made{std::string(view.text(left)), {}, unit[left].kind == Kind::identifier, unit[assignment].parent};
  if (made.global) {
    if (unit[unit[made.statement].parent].kind != Kind::module) return std::nullopt;
    made.name = view.text(left);
    return made;
  }
  if (unit[left].kind != Kind::attribute || view.text(unit.child(left, Field::object)) != "self") return std::nullopt;
  made.name = view.text(unit.child(left, Field::attribute));
  return made;
}

// What it is made of means the same in a coroutine: names of the module and, in __init__, attributes of self.
bool can_be_made_later(const UnitView& view, const Call& call) {
  const Unit& unit = view.unit();
  for (NodeId n = call.node; n < call.node + unit[call.node].size; ++n) {
    if (unit[n].kind == Kind::lambda || unit[n].kind == Kind::named_expression || unit[n].kind == Kind::await)
      return false;
    if (unit[n].kind != Kind::identifier || unit[n].field == Field::attribute || unit[n].field == Field::name) continue;
    if (view.text(n) != "self" && !view.is_global_at(view.text(n), n)) return false;
  }
  return true;
}

enum class Usage : std::uint8_t { none, fine, other };

// What a unit does with it: reads it in a coroutine, or anything else.
Usage use_in(const UnitView& view, const Made& made) {
  const Unit& unit = view.unit();
  Usage use = Usage::none;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || view.text(n) != made.name) continue;
    NodeId whole = n;
    const bool attribute = unit[n].field == Field::attribute && unit[unit[n].parent].kind == Kind::attribute;
    if (made.global) {
      if (attribute || unit[n].field == Field::name) continue;  // x.session, session=...
      if (!view.is_global_at(made.name, n)) continue;
    } else {
      if (!attribute) continue;
      whole = unit[n].parent;
      if (view.text(whole) != made.target) return Usage::other;  // somebody else's
    }
    const bool inside = !unit.skeleton && view.facts().functions.size() > 1 && view.facts().functions[1].async &&
                        view.facts().function_id_of(n) != 0;
    const Kind around = unit[unit[whole].parent].kind;
    if (!inside || unit[whole].field == Field::left || around == Kind::delete_statement ||
        around == Kind::global_statement || around == Kind::nonlocal_statement)
      return Usage::other;
    use = Usage::fine;
  }
  return use;
}

// In front of the first statement that is no docstring.
bool ask_first(const UnitView& view, EditBuilder& edits, const Made& made, std::string_view call) {
  const Unit& unit = view.unit();
  NodeId first = kNoNode;
  for (NodeId c : children(unit, view.facts().functions[1].body)) {
    const NodeId inner = unit.first_child(c);
    const bool doc = first == kNoNode && unit[c].kind == Kind::expression_statement && inner != kNoNode &&
                     unit[inner].kind == Kind::string;
    if (unit[c].kind == Kind::comment || doc) continue;
    first = c;
    break;
  }
  auto indent = first == kNoNode ? std::nullopt : indentation_of(unit, first);
  if (!indent) return false;
  const std::string line = std::string(view.document().line_ending()) + *indent;
  std::string text = made.global ? "global " + made.target + line : std::string();
  text += "if " + made.target + " is None:" + line + indentation_step(view, 1) + made.target + " = " +
          std::string(call) + line;
  edits.insert(unit[first].start, text);
  return true;
}

}  // namespace

std::optional<Fix> make_on_first_use(const UnitView& view, const Call& call, bool probe) {
  auto made = made_by(view, call);
  if (!made || !can_be_made_later(view, call)) return std::nullopt;
  EditBuilder here(view, probe);
  here.replace(call.node, "None");
  std::optional<Fix> all = here.finish("Make it where it is first used", Safety::suggested);
  bool used = false, other_use = false;
  view.each_unit_that_mentions({made->name}, [&](const UnitView& other) {
    if (other.at().unit == view.at().unit) {  // here it is made, and nothing else is done with it
      for (NodeId n = 0; n < other.unit().nodes.size(); ++n) {
        const bool named = other.unit()[n].kind == Kind::identifier && other.text(n) == made->name;
        other_use |= named && other.facts().statement_of(n) != made->statement &&
                     (made->global ? view.is_global_at(made->name, n) && other.unit()[n].field != Field::attribute
                                   : other.unit()[n].field == Field::attribute);
      }
      return;
    }
    const Usage use = use_in(other, *made);
    other_use |= use == Usage::other;
    if (use != Usage::fine || other_use || !all) return;
    EditBuilder edits(other, probe);
    if (!ask_first(other, edits, *made, view.text(call.node))) {
      other_use = true;
      return;
    }
    used = true;
    all = both(std::move(all), edits.finish("", Safety::suggested));
  });
  return used && !other_use ? std::move(all) : std::nullopt;
}

}  // namespace awaitd::analysis
