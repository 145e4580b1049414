#include "analysis/effects/starred.h"

#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

// The text of a plain string literal; empty if it is something else.
std::string_view literal(const Unit& unit, NodeId node) {
  if (node == kNoNode || unit[node].kind != Kind::string) return {};
  const std::string_view text = unit.text_of(node);
  const bool plain = text.size() > 2 && (text.front() == '"' || text.front() == '\'') && text[1] != text.front();
  return plain ? text.substr(1, text.size() - 2) : std::string_view();
}

// {"a": 1, "b": x}, dict(a=1, b=x)
bool add_keys(const Facts& facts, NodeId value, StarredKeys& out) {
  const Unit& unit = *facts.unit;
  value = inside_parentheses(unit, value);
  if (unit[value].kind == Kind::dictionary) {
    for (NodeId c : children(unit, value)) {
      if (unit[c].kind == Kind::comment) continue;
      const std::string_view key = unit[c].kind == Kind::pair ? literal(unit, unit.child(c, Field::key)) : "";
      if (key.empty()) return false;
      out.emplace_back(key, unit.child(c, Field::value));
    }
    return true;
  }
  const Call* call = facts.call_at(value);
  if (call == nullptr || call->callee == kNoNode || unit.text_of(call->callee) != "dict") return false;
  for (const Argument& a : facts.arguments_of(*call)) {
    if (a.stars != 0 || a.name.empty()) return false;
    out.emplace_back(a.name, a.value);
  }
  return true;
}

// What one mention of the name does to the dict; false if that cannot be told.
bool add_mention(const Facts& facts, NodeId name, StarredKeys& out) {
  const Unit& unit = *facts.unit;
  const NodeId parent = unit[name].parent;
  if (parent == kNoNode) return false;
  if (unit[parent].kind == Kind::dictionary_splat) return true;  // copied
  if (unit[parent].kind == Kind::subscript && unit[name].field == Field::value) {
    const NodeId statement = unit[parent].parent;
    const bool stored = unit[statement].kind == Kind::assignment && unit[parent].field == Field::left;
    if (!stored) return true;
    NodeId key = kNoNode;
    for (NodeId c : children(unit, parent)) key = c;
    while (key != kNoNode && unit[key].kind != Kind::string && unit.first_child(key) != kNoNode)
      key = unit.first_child(key);
    const std::string_view text = literal(unit, key);
    if (!text.empty()) out.emplace_back(text, unit.child(statement, Field::right));
    return !text.empty();
  }
  if (unit[parent].kind != Kind::attribute || unit[name].field != Field::object) return false;
  const NodeId method = unit.child(parent, Field::attribute);
  const std::string_view called = method == kNoNode ? std::string_view() : unit.text_of(method);
  return is_word_for("dict_looks", called);
}

}  // namespace

std::optional<StarredKeys> starred_keys(const Facts& facts, const Argument& argument) {
  const Unit& unit = *facts.unit;
  StarredKeys keys;
  if (argument.stars != 2) return std::nullopt;
  const NodeId value = inside_parentheses(unit, argument.value);
  if (add_keys(facts, value, keys)) return keys;
  if (unit[value].kind != Kind::identifier) return std::nullopt;
  const std::string_view name = unit.text_of(value);
  const ScopeId scope = facts.scope_of[value];
  const auto bindings = facts.bindings_in(scope, name);
  if (facts.scopes[scope].kind != ScopeKind::function || bindings.size() != 1) return std::nullopt;
  const Binding& made = facts.bindings[bindings.front()];
  const bool plain = (made.kind == BindingKind::assign || made.kind == BindingKind::annotation) && made.index == -1;
  if (!plain || made.value == kNoNode || !add_keys(facts, made.value, keys)) return std::nullopt;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || n == made.target || unit.text_of(n) != name) continue;
    const Field field = unit[n].field;
    const NodeId parent = unit[n].parent;
    const bool member = parent != kNoNode && ((unit[parent].kind == Kind::attribute && field == Field::attribute) ||
                                              (unit[parent].kind == Kind::keyword_argument && field == Field::name));
    if (!member && !add_mention(facts, n, keys)) return std::nullopt;
  }
  return keys;
}

}  // namespace awaitd::analysis
