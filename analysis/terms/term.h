// Where a value comes from, as seen from inside one unit: a symbolic term over the names the unit does not define itself.
// A pure function of the unit, so terms can be compared to see whether an edit can matter to anybody else; what the
// free names mean is decided later, by link/. Terms live in an arena and refer to each other by index.
// Values; string_views point into the unit's text.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/syntax/node.h"

namespace awaitd::analysis {

using TermId = std::uint32_t;

enum class TermKind : std::uint8_t {
  unknown,      // [0] of every arena
  free_name,    // text: a module-level name or a builtin
  import,       // text: dotted module
  from_import,  // text: name, base: dotted module (may be empty), number: level of a relative import
  attribute,    // of a: text
  call,         // of a, list: the first positional arguments, number: Facts::calls, shape: of the arguments;
                // base "bound": the list has one entry more, the type that bounds a type variable
  await,        // of a
  enter,        // what `with a as x` binds
  aenter,       // what `async with a as x` binds
  iterate,      // an element of a
  aiterate,
  item,         // a[number] for an integer literal, a[...] with number -1; b: the same as a type expression, at module level
  element,      // the number-th part of a tuple-like a
  binary,       // a op b, text: the operator
  instance,     // an instance of what the type expression a names; b: what made it, 0: unknown; number 1: of a declaration
  generic,      // the type expression a[list...]
  either,       // a or b
  self,         // the first parameter of the unit's own function; number: ClassId for a class of this unit, -1: of the place
  function,     // number: FunctionId of this unit
  cls,          // number: ClassId of this unit
  literal,      // text: builtin class, "str", "int", "NoneType"; number: of an int, -1 if it is too large; 1 True, 0 False
  container,    // text: builtin class, list: element terms (a tuple keeps its order)
  parameter,    // an argument nobody here knows; text: its name, number: FunctionId
  super_call,
  narrow        // a, when it is an instance of type expression b; number 1: when it is none
};

struct Term {
  TermKind kind = TermKind::unknown;
  TermId a = 0;
  TermId b = 0;
  std::int32_t number = -1;
  std::uint32_t first = 0, count = 0;  // into Terms::lists
  std::uint32_t shape = 0;             // of a call: hash of what its arguments look like
  std::string_view text;
  std::string_view base;
  bool operator==(const Term&) const = default;
};

struct Terms {
  std::vector<Term> terms{Term{}};
  std::vector<TermId> lists;
  const Term& operator[](TermId id) const { return terms[id]; }
  bool operator==(const Terms&) const = default;
  void clear() {
    terms.assign(1, Term{});
    lists.clear();
  }
  void shrink_to_fit() {
    terms.shrink_to_fit();
    lists.shrink_to_fit();
  }
};

}  // namespace awaitd::analysis
