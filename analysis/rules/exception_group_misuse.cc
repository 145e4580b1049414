// AWD710: what an except* handler gets is a group, not the exception: attributes of the exception are not there, and
// raising one member drops the others; a group class without derive() falls back to the plain one, and a test that
// expects a group expects any failure.
#include <algorithm>

#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

bool is_group_handler(const Unit& unit, NodeId clause) {
  std::string_view text = unit.text_of(clause);
  text.remove_prefix(std::min<std::size_t>(text.size(), std::string_view("except").size()));
  std::size_t first = text.find_first_not_of(" \t");
  return first != std::string_view::npos && text[first] == '*';
}

// The name behind `as`.
std::string_view alias_of(const Unit& unit, NodeId clause) {
  NodeId alias = unit.child(clause, Field::alias), value = unit.child(clause, Field::value);
  if (alias == kNoNode && value != kNoNode && unit[value].kind == Kind::as_pattern)
    alias = unit.child(value, Field::alias);
  if (alias != kNoNode && unit[alias].kind == Kind::as_pattern_target) alias = unit.first_child(alias);
  return alias != kNoNode && unit[alias].kind == Kind::identifier ? unit.text_of(alias) : std::string_view();
}

// What exception groups have (PEP 654, library reference "Exception groups").
bool of_groups(std::string_view attribute) {
  constexpr std::string_view kAttributes[] = {"add_note", "args",  "derive",   "exceptions",
                                              "message",  "split", "subgroup", "with_traceback"};
  return attribute.starts_with("__") ||
         std::find(std::begin(kAttributes), std::end(kAttributes), attribute) != std::end(kAttributes);
}

void check_handler(const UnitView& view, NodeId clause, Report& report) {
  const Unit& unit = view.unit();
  std::string_view name = alias_of(unit, clause);
  NodeId block = unit.child(clause, Kind::block);
  if (name.empty() || block == kNoNode) return;
  for (NodeId n = block; n < block + unit[block].size; ++n) {
    if (unit[n].kind != Kind::attribute) continue;
    NodeId object = unit.child(n, Field::object), attribute = unit.child(n, Field::attribute);
    if (object == kNoNode || attribute == kNoNode || unit[object].kind != Kind::identifier ||
        unit.text_of(object) != name)
      continue;
    if (of_groups(unit.text_of(attribute))) continue;
    // Rebound in between: another thing by that name.
    auto bindings = view.facts().bindings_in(view.facts().scope_of[object], name);
    auto reaching = reaching_bindings(view.facts(), bindings, object);
    if (reaching.size() != 1 || view.facts().bindings[reaching[0]].statement != clause) continue;
    report.add(n, "`" + std::string(name) + "` is an exception group here, which has no `" +
                      std::string(unit.text_of(attribute)) +
                      "`: AttributeError takes the place of the error; go through `" + std::string(name) +
                      ".exceptions`.");
  }
}

// raise group.exceptions[0]
void check_raise(const UnitView& view, NodeId statement, Report& report) {
  const Unit& unit = view.unit();
  for (NodeId value : children(unit, statement)) {
    if (unit[value].kind != Kind::subscript) continue;
    NodeId list = unit.child(value, Field::value);
    if (list == kNoNode || unit[list].kind != Kind::attribute) continue;
    NodeId attribute = unit.child(list, Field::attribute), object = unit.child(list, Field::object);
    if (attribute == kNoNode || object == kNoNode || unit.text_of(attribute) != "exceptions") continue;
    // Only what a handler caught by an `except*` or as a group.
    for (const Value& v : view.values(object).values) {
      if (v.kind != ValueKind::instance ||
          (v.name != "builtins.ExceptionGroup" && v.name != "builtins.BaseExceptionGroup"))
        continue;
      report.add(value,
                 "Raising one member of the group drops the others, and where it came from; raise the group, or use "
                 "`split()`.");
      return;
    }
  }
}

bool is_group(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  node = inside_parentheses(unit, node);
  if (unit[node].kind == Kind::subscript) node = unit.child(node, Field::value);  // ExceptionGroup[OSError]
  const ValueSet values = view.values(node);
  return !values.unknown && values.values.size() == 1 && values.values[0].kind == ValueKind::external &&
         (values.values[0].name == "builtins.ExceptionGroup" || values.values[0].name == "builtins.BaseExceptionGroup");
}

// class Failures(ExceptionGroup): without derive(), what split() and except* make of one is a plain group.
void check_class(const UnitView& view, ClassId id, Report& report) {
  const Unit& unit = view.unit();
  const Class& cls = view.facts().classes[id];
  if (cls.bases == kNoNode || cls.name == kNoNode) return;
  bool group = false;
  for (NodeId base : children(unit, cls.bases)) group |= unit[base].kind != Kind::comment && is_group(view, base);
  if (!group) return;
  const ModuleIndex& index = view.linker().index();
  const std::uint32_t indexed = index.units[view.at().unit].first_class + id;
  if (indexed >= index.tables->classes.size() || index.tables->classes[indexed].members.count("derive") != 0) return;
  report.add(cls.name, "`" + std::string(view.text(cls.name)) +
                           "` has no `derive()`: `except*` and `split()` make plain groups of it, so the type and what "
                           "it holds are lost on the way; define `derive(self, excs)`.");
}

// with pytest.raises(ExceptionGroup): any failure of any task will do.
void check_expected(const UnitView& view, const WithItem& item, Report& report) {
  const Call* call = item.value == kNoNode || item.target != kNoNode ? nullptr : view.facts().call_at(item.value);
  if (call == nullptr || call->argument_count != 1) return;  // `as`, match=, check=: somebody looks
  const Argument* expected = view.facts().positional(*call, 0);
  if (expected == nullptr || loop_fact(view.callee(*call), view, LoopRole::expect) == nullptr ||
      !is_group(view, expected->value))
    return;
  Finding& finding = report.add(expected->value,
                                "Any failure of any task comes as an `ExceptionGroup`, so this passes "
                                "whatever went wrong; say which with `pytest.RaisesGroup(...)`.");
  finding.severity = Severity::info;
}

void check(const UnitView& view, Report& report) {
  const Unit& unit = view.unit();
  for (ClassId c = 0; c < view.facts().classes.size(); ++c) check_class(view, c, report);
  for (const WithItem& item : view.facts().with_items) check_expected(view, item, report);
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind == Kind::except_clause && is_group_handler(unit, n)) check_handler(view, n, report);
    if (unit[n].kind == Kind::raise_statement) check_raise(view, n, report);
  }
}

}  // namespace

extern constinit const Rule exception_group_misuse = {
    .code = "AWD710",
    .name = "exception-group-misuse",
    .summary = "An exception group taken for the exception, or taken apart",
    .severity = Severity::warning,
    .check = check,
};

}  // namespace awaitd::analysis
