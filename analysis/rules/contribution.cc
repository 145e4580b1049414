#include "analysis/rules/contribution.h"

#include <algorithm>
#include <iterator>

#include "analysis/knowledge/words.h"

namespace awaitd::analysis {

int contribution(const Unit& unit, NodeId whole, NodeId node) {
  int strength = 2;
  for (NodeId n = node; n != whole && n != kNoNode; n = unit[n].parent) {
    NodeId parent = unit[n].parent;
    if (parent == kNoNode) return 0;
    switch (unit[parent].kind) {
      case Kind::binary_operator:
      case Kind::unary_operator:
      case Kind::parenthesized_expression:
      case Kind::list:
      case Kind::tuple:
      case Kind::set:
      case Kind::dictionary:
      case Kind::list_splat:
      case Kind::dictionary_splat:
      case Kind::pair:
      case Kind::boolean_operator:
      case Kind::string:
      case Kind::interpolation:
      case Kind::expression_list:
        break;
      case Kind::subscript:
      case Kind::call:
      case Kind::await:
      case Kind::keyword_argument:
        if (unit[parent].kind == Kind::call && unit[n].field == Field::function) return 0;
        strength = std::min(strength, 1);
        break;
      case Kind::argument_list: {
        // max(self.best, x), len(self.items): what a builtin makes of it is made of it.
        NodeId call = unit[parent].parent;
        NodeId callee = call == kNoNode ? kNoNode : unit.child(call, Field::function);
        bool pure = callee != kNoNode && is_word_for("pure", unit.text_of(callee));
        if (!pure) strength = std::min(strength, 1);
        if (pure && call == whole) return strength;
        if (pure) n = call;  // looked at as a whole
        break;
      }
      case Kind::conditional_expression:
        break;
      default:
        return 0;
    }
    if (n == whole) return strength;
  }
  return strength;
}

}  // namespace awaitd::analysis
