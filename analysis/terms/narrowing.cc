// What isinstance() tests around a use say of a name: branches of if, while and conditional expressions, `and`, `or`,
// `not`, comprehension conditions, asserts, and earlier tests whose branch leaves the block.
#include "analysis/terms/term_builder.h"

namespace awaitd::analysis {
namespace {

constexpr std::size_t kMaxTests = 4;  // around one use
constexpr int kMaxNesting = 8;        // of not, and, or in one condition

struct Test {
  NodeId type = kNoNode;
  bool holds = true;
};

class Tests {
 public:
  Tests(const Facts& facts, std::string_view subject) : facts_(facts), unit_(*facts.unit), subject_(subject) {}

  // Innermost first.
  std::vector<Test> around(NodeId use) {
    NodeId child = use;
    for (NodeId n = unit_[use].parent; n != kNoNode && found_.size() < kMaxTests; child = n, n = unit_[n].parent) {
      Kind kind = unit_[n].kind;
      if (kind == Kind::function_definition || kind == Kind::lambda) break;
      branch(n, child);
      if (kind == Kind::block || kind == Kind::module) earlier(n, child, use);
    }
    return std::move(found_);
  }

 private:
  void branch(NodeId n, NodeId child) {
    Field field = unit_[child].field;
    switch (unit_[n].kind) {
      case Kind::if_statement:
      case Kind::elif_clause:
        if (field == Field::consequence) condition(unit_.child(n, Field::condition), true);
        if (field == Field::alternative) condition(unit_.child(n, Field::condition), false);
        return;
      case Kind::while_statement:
        if (field == Field::body) condition(unit_.child(n, Field::condition), true);
        return;
      case Kind::boolean_operator: {
        NodeId op = unit_.child(n, Field::operator_);
        if (field != Field::right || op == kNoNode) return;
        return condition(unit_.child(n, Field::left), unit_.text_of(op) == "and");
      }
      case Kind::conditional_expression: {
        NodeId parts[3] = {kNoNode, kNoNode, kNoNode};
        int count = 0;
        for (NodeId c : children(unit_, n)) {
          if (unit_[c].kind != Kind::comment && count < 3) parts[count++] = c;
        }
        if (count == 3 && child != parts[1]) condition(parts[1], child == parts[0]);
        return;
      }
      case Kind::list_comprehension:
      case Kind::set_comprehension:
      case Kind::dictionary_comprehension:
      case Kind::generator_expression:
        if (field != Field::body) return;
        for (NodeId c : children(unit_, n)) {
          if (unit_[c].kind == Kind::if_clause) condition(unit_.first_child(c), true);
        }
        return;
      default: return;
    }
  }

  // Statements before `child` in the same block that end it for some types.
  void earlier(NodeId block, NodeId child, NodeId use) {
    for (NodeId s : children(unit_, block)) {
      if (s >= child) return;
      if (unit_[s].kind == Kind::assert_statement) {
        if (!bound_between(s, use)) condition(unit_.first_child(s), true);
      } else if (unit_[s].kind == Kind::if_statement && unit_.child(s, Field::alternative) == kNoNode && leaves(s)) {
        if (!bound_between(s, use)) condition(unit_.child(s, Field::condition), false);
      }
    }
  }

  bool leaves(NodeId if_statement) const {
    NodeId body = unit_.child(if_statement, Field::consequence), last = kNoNode;
    if (body == kNoNode) return false;
    for (NodeId s : children(unit_, body)) {
      if (unit_[s].kind != Kind::comment) last = s;
    }
    if (last == kNoNode) return false;
    Kind kind = unit_[last].kind;
    return kind == Kind::return_statement || kind == Kind::raise_statement || kind == Kind::continue_statement ||
           kind == Kind::break_statement;
  }

  bool bound_between(NodeId from, NodeId to) const {
    std::string_view root = subject_.substr(0, subject_.find('.'));
    for (const Binding& b : facts_.bindings) {
      if (b.name == root && b.target != kNoNode && b.target > from && b.target < to) return true;
    }
    return false;
  }

  void condition(NodeId node, bool holds, int depth = 0) {
    if (node == kNoNode || depth > kMaxNesting || found_.size() >= kMaxTests) return;
    node = inside_parentheses(unit_, node);
    switch (unit_[node].kind) {
      case Kind::not_operator: return condition(unit_.child(node, Field::argument), !holds, depth + 1);
      case Kind::boolean_operator: {
        NodeId op = unit_.child(node, Field::operator_);
        if (op == kNoNode || (unit_.text_of(op) == "and") != holds) return;  // one of them, nobody knows which
        condition(unit_.child(node, Field::left), holds, depth + 1);
        return condition(unit_.child(node, Field::right), holds, depth + 1);
      }
      case Kind::call: {
        const Call* call = facts_.call_at(node);
        if (call == nullptr || call->callee == kNoNode || unit_.text_of(call->callee) != "isinstance") return;
        const Argument* subject = facts_.positional(*call, 0);
        const Argument* type = facts_.positional(*call, 1);
        if (subject == nullptr || type == nullptr || unit_.text_of(subject->value) != subject_) return;
        found_.push_back({type->value, holds});
        return;
      }
      default: return;
    }
  }

  const Facts& facts_;
  const Unit& unit_;
  const std::string_view subject_;
  std::vector<Test> found_;
};

}  // namespace

TermId TermBuilder::narrowed(TermId value, std::string_view text, NodeId use) {
  if (!tests_types_) tests_types_ = unit_.text.find("isinstance(") != std::string_view::npos;
  if (!*tests_types_) return value;
  std::vector<Test> tests = Tests(facts_, text).around(use);
  for (auto test = tests.rbegin(); test != tests.rend(); ++test) {
    value = make(TermKind::narrow, value, type_expression(test->type));
    if (!test->holds) arena_.terms[value].number = 1;
  }
  return value;
}

}  // namespace awaitd::analysis
