// What one unit says, as flat arrays of plain structs: functions, classes, bindings, calls, with-items and so on
// (architecture 3.2). A pure function of the unit; offsets are bytes of the unit's text, ids are node ids of the unit.
// Immutable once built, safe from any thread. The string_views point into unit->text.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/syntax/node.h"

namespace awaitd::analysis {

using FunctionId = std::uint32_t;  // index into Facts::functions
using ClassId = std::uint32_t;
using ScopeId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffffu;

// functions[0] is the code around: module level, or of a method's decorators and defaults its class body.
// Of a function unit functions[1] is the def itself.
struct Function {
  NodeId node = 0;            // function_definition, lambda, or the root for module-level code
  NodeId name = kNoNode;
  NodeId parameters = kNoNode;
  NodeId body = kNoNode;
  NodeId returns = kNoNode;   // the return annotation
  FunctionId parent = kNone;  // the function it is defined in
  ClassId cls = kNone;        // the class of this unit whose body it stands in
  ScopeId scope = 0;
  bool async = false;
  bool lambda = false;
  bool generator = false;     // has a yield of its own
  bool module = false;        // module-level code of a skeleton
};

struct Class {
  NodeId node = 0;
  NodeId name = kNoNode;
  NodeId bases = kNoNode;     // argument_list
  NodeId body = kNoNode;
  FunctionId function = 0;    // whose code executes the class statement
  ClassId parent = kNone;
  ScopeId scope = 0;
};

enum class ScopeKind : std::uint8_t { module, function, cls, comprehension };
struct Scope {
  ScopeKind kind{};
  ScopeId parent = kNone;
  FunctionId function = 0;
  NodeId node = 0;
};

enum class BindingKind : std::uint8_t {
  parameter, assign, annotation, augmented, import, from_import, function, cls, loop, with, except, walrus,
  comprehension, capture, deleted, global, nonlocal, placeholder
};
struct Binding {
  std::string_view name;
  BindingKind kind{};
  ScopeId scope = 0;
  NodeId target = kNoNode;      // where the name stands
  NodeId value = kNoNode;       // right-hand side, iterable, context expression, import path, definition
  NodeId annotation = kNoNode;  // type node
  NodeId statement = kNoNode;
  std::int16_t index = -1;      // position in a tuple target, -1 for the whole value
  bool async = false;           // async for, async with
};

struct Argument {
  NodeId value = kNoNode;
  std::string_view name;        // keyword, empty if positional
  std::uint8_t stars = 0;       // 1: *args, 2: **kwargs
};
struct Call {
  NodeId node = 0;
  NodeId callee = kNoNode;
  NodeId arguments = kNoNode;
  FunctionId function = 0;      // whose code makes the call
  std::uint32_t first_argument = 0, argument_count = 0;  // into Facts::arguments
  bool awaited = false;         // its value goes straight into an await
  bool statement = false;       // its value is dropped
};

// object.attribute = value, object.attribute: T, with ... as object.attribute
struct AttributeStore {
  NodeId object = kNoNode;
  std::string_view attribute;
  Binding how;                  // value, annotation, kind, index (name is the attribute)
  FunctionId function = 0;
};

struct Decorator {
  NodeId expression = kNoNode;
  FunctionId function = kNone;  // what it decorates: one of these two
  ClassId cls = kNone;
};
struct Return {
  NodeId node = 0;
  NodeId value = kNoNode;
  FunctionId function = 0;
};
struct WithItem {
  NodeId statement = 0;         // with_statement
  NodeId value = kNoNode;       // the context expression
  NodeId target = kNoNode;
  FunctionId function = 0;
  bool async = false;
};
struct Loop {
  NodeId node = 0;              // for_statement or for_in_clause
  NodeId target = kNoNode, iterable = kNoNode;
  FunctionId function = 0;
  bool async = false;
};
struct Comment {
  std::uint32_t start = 0, end = 0;
};

struct Facts {
  std::shared_ptr<const Unit> unit;
  std::vector<Function> functions;
  std::vector<Class> classes;
  std::vector<Scope> scopes;
  std::vector<Binding> bindings;            // in text order
  std::vector<Call> calls;                  // in text order of the call nodes
  std::vector<Argument> arguments;
  std::vector<AttributeStore> attribute_stores;
  std::vector<Decorator> decorators;
  std::vector<Return> returns;
  std::vector<Return> yields;
  std::vector<Return> awaits;
  std::vector<WithItem> with_items;
  std::vector<Loop> loops;
  std::vector<Comment> comments;
  std::vector<ScopeId> scope_of;            // by node: the scope in which its names are looked up
  std::vector<std::uint32_t> by_name;       // bindings sorted by (scope, name, position)

  const Function& function_of(NodeId node) const { return functions[scopes[scope_of[node]].function]; }
  FunctionId function_id_of(NodeId node) const { return scopes[scope_of[node]].function; }
  std::span<const Argument> arguments_of(const Call& call) const {
    return std::span(arguments).subspan(call.first_argument, call.argument_count);
  }
  const Argument* keyword(const Call& call, std::string_view name) const;
  const Argument* positional(const Call& call, int index) const;  // null behind a *args
  const Call* call_at(NodeId call_node) const;
  // Bindings of a name in exactly this scope, in text order (ids into `bindings`).
  std::span<const std::uint32_t> bindings_in(ScopeId scope, std::string_view name) const;
  // The simple or compound statement a node belongs to.
  NodeId statement_of(NodeId node) const;
};

std::shared_ptr<const Facts> build_facts(std::shared_ptr<const Unit> unit);

// Skips parentheses outwards: the node whose parent is not a parenthesized_expression.
NodeId outside_parentheses(const Unit& unit, NodeId node);
NodeId inside_parentheses(const Unit& unit, NodeId node);

}  // namespace awaitd::analysis
