#include "analysis/effects/circumstances.h"

#include <charconv>

#include "analysis/knowledge/words.h"

namespace awaitd::analysis {
namespace {

bool is_block(Kind kind) { return kind == Kind::block || kind == Kind::module; }

std::string_view last_name(std::string_view dotted) {
  std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

}  // namespace

Circumstances::Circumstances(const Facts& facts, TermBuilder& terms, const Terms& arena)
    : facts_(facts), unit_(*facts.unit), terms_(terms), arena_(arena) {
  statement_.resize(unit_.nodes.size());
  for (NodeId n = 0; n < unit_.nodes.size(); ++n) {
    NodeId parent = unit_[n].parent;
    bool statement = parent == kNoNode || is_block(unit_[parent].kind);
    statement_[n] = statement ? n : statement_[parent];
  }
  find_askers();
  find_exits();
}

// Functions that look for a running loop (CPython docs, asyncio-eventloop; sniffio) know what they do with it.
void Circumstances::find_askers() {
  asks_.resize(facts_.functions.size());
  for (const Call& c : facts_.calls) {
    if (c.callee == kNoNode) continue;
    if (is_word_for("asks_loop", last_name(unit_.text_of(c.callee)))) asks_[c.function] = true;
  }
}

void Circumstances::add(Use& use, NodeId node) {
  dead_ = false;
  use.asks = asks_[use.function];
  // `a if DEBUG else b`, within the statement and without a walk up long expressions.
  NodeId parent = unit_[node].parent;
  for (int up = 0; parent != kNoNode && up < 4 && node != statement_[node]; node = parent, parent = unit_[node].parent, ++up) {
    if (unit_[parent].kind == Kind::conditional_expression) branch(use, parent, node, true);
  }
  NodeId child = statement_[node];
  bool own = true;  // in the function itself; around it counts what decides whether there is such a function
  for (NodeId n = unit_[child].parent; n != kNoNode; child = n, n = unit_[n].parent) {
    Kind kind = unit_[n].kind;
    if (kind == Kind::function_definition || kind == Kind::lambda) {
      own = false;
      continue;
    }
    for (const Exit& exit : exits_) {
      if (exit.statement < child && unit_[exit.statement].parent == n) apply(use, exit.truth, false, own);
    }
    branch(use, n, child, own);
    if (own) around(use, n, child);
  }
}

void Circumstances::around(Use& use, NodeId n, NodeId child) {
  const Kind kind = unit_[n].kind;
  if (kind == Kind::try_statement && unit_[child].field == Field::body) {
    if (handles(n, "BlockingIOError")) use.tried = true;
    if (handles(n, "RuntimeError")) use.asks = true;  // what starting a loop inside a loop raises
  }
  if (kind == Kind::except_clause && mentions_running_loop(unit_[n].parent)) use.guarded = true;
  if (kind == Kind::for_statement && unit_[child].field == Field::body) loop_over(use, n);
}

// `for attempt in range(retries):` runs for no call that says retries=0.
void Circumstances::loop_over(Use& use, NodeId statement) {
  const NodeId over = unit_.child(statement, Field::right);
  const Call* call = over == kNoNode ? nullptr : facts_.call_at(inside_parentheses(unit_, over));
  if (call == nullptr || call->argument_count != 1 || call->callee == kNoNode || unit_.text_of(call->callee) != "range")
    return;
  const Argument* count = facts_.positional(*call, 0);
  if (count == nullptr || unit_[count->value].kind != Kind::identifier || !is_parameter(count->value)) return;
  use.flag = unit_.text_of(count->value);
  use.flag_none = false;
  use.flag_holds = true;
}

void Circumstances::branch(Use& use, NodeId n, NodeId child, bool own) {
  Kind kind = unit_[n].kind;
  NodeId condition = kNoNode;
  bool holds = false;
  if (kind == Kind::conditional_expression) {
    NodeId parts[3] = {kNoNode, kNoNode, kNoNode};
    int count = 0;
    for (NodeId c : children(unit_, n)) {
      if (unit_[c].kind != Kind::comment && count < 3) parts[count++] = c;
    }
    if (count != 3 || child == parts[1]) return;
    condition = parts[1];
    holds = child == parts[0];
  } else if (kind == Kind::while_statement && unit_[child].field == Field::body) {
    condition = unit_.child(n, Field::condition);
    holds = true;
  } else if (kind == Kind::if_statement || kind == Kind::elif_clause) {
    if (unit_[child].field != Field::consequence && unit_[child].field != Field::alternative) return;
    condition = unit_.child(n, Field::condition);
    holds = unit_[child].field == Field::consequence;
    std::string_view text = condition == kNoNode ? std::string_view() : unit_.text_of(condition);
    if (own && holds && (fills(child, text) || asks_before(child, text))) use.once = true;
    if (own && text.find("isinstance(") != std::string_view::npos && names_parameter(text, use.function))
      use.by_type = true;
    if (own && holds && asks_for_true(condition)) use.by_type = true;
  }
  if (condition != kNoNode) apply(use, truth(condition), holds, own);
}

// `if sys.version_info < (3, 9): return`, which decides for the rest of its block.
void Circumstances::find_exits() {
  for (NodeId s = 0; s < unit_.nodes.size(); ++s) {
    if (unit_[s].kind != Kind::if_statement || unit_.child(s, Field::alternative) != kNoNode) continue;
    NodeId body = unit_.child(s, Field::consequence), last = kNoNode;
    if (body == kNoNode) continue;
    for (NodeId inner : children(unit_, body)) {
      if (unit_[inner].kind != Kind::comment) last = inner;
    }
    bool leaves = last != kNoNode && (unit_[last].kind == Kind::return_statement || unit_[last].kind == Kind::raise_statement);
    if (!leaves) continue;
    Truth known = truth(unit_.child(s, Field::condition));
    if (known.kind != Truth::Kind::unknown) exits_.push_back({s, known});
  }
}

void Circumstances::apply(Use& use, Truth truth, bool holds, bool own) {
  if ((truth.conjunct && !holds) || (truth.disjunct && holds)) return;
  if (truth.inverted) holds = !holds;
  const bool lasts =
      truth.kind == Truth::Kind::always || truth.kind == Truth::Kind::never || truth.kind == Truth::Kind::constant;
  if (!own && !lasts) return;
  switch (truth.kind) {
    case Truth::Kind::unknown: return;
    case Truth::Kind::always:
    case Truth::Kind::never:
      dead_ |= holds == (truth.kind == Truth::Kind::never);
      use.guarded |= dead_;
      return;
    case Truth::Kind::running_check: use.guarded |= holds; return;
    case Truth::Kind::constant:
      // Of an outer `if config.debug` and an inner `if SYNC` the name says more; of two names the nearer one.
      if (use.condition != 0 && (!own || arena_[truth.constant].kind == TermKind::attribute)) return;
      use.condition = truth.constant;
      use.condition_holds = holds;
      return;
    case Truth::Kind::below:
      if (holds && (use.python_below == 0 || truth.version < use.python_below)) use.python_below = truth.version;
      return;
    case Truth::Kind::platform: use.some_platforms = true; return;
    case Truth::Kind::flag:
      use.flag = truth.flag;
      use.flag_none = truth.none;
      use.flag_holds = holds;
      return;
  }
}

Circumstances::Truth Circumstances::truth(NodeId condition, int depth) {
  Truth out;
  if (condition == kNoNode || depth > 6) return out;
  condition = inside_parentheses(unit_, condition);
  std::string_view text = unit_.text_of(condition);
  switch (unit_[condition].kind) {
    case Kind::true_: out.kind = Truth::Kind::always; return out;
    case Kind::false_:
    case Kind::none: out.kind = Truth::Kind::never; return out;
    case Kind::integer: out.kind = text == "0" ? Truth::Kind::never : Truth::Kind::always; return out;
    case Kind::not_operator:
      out = truth(unit_.child(condition, Field::argument), depth + 1);
      if (out.conjunct || out.disjunct) return Truth();
      out.inverted = !out.inverted;
      return out;
    case Kind::boolean_operator: {
      // `TYPE_CHECKING and x` is as false as its first known part, `True or x` as true.
      NodeId op = unit_.child(condition, Field::operator_);
      if (op == kNoNode) return out;
      const bool all = unit_.text_of(op) == "and";
      for (Field side : {Field::left, Field::right}) {
        Truth part = truth(unit_.child(condition, side), depth + 1);
        if (part.kind == Truth::Kind::unknown || part.conjunct || part.disjunct) continue;
        const bool fixed = part.kind == Truth::Kind::always || part.kind == Truth::Kind::never;
        const bool is_true = (part.kind == Truth::Kind::always) != part.inverted;
        if (fixed && is_true == all) continue;
        part.conjunct = all;
        part.disjunct = !all && !fixed;
        return part;
      }
      return out;
    }
    case Kind::identifier:
    case Kind::attribute: {
      if (last_name(text) == "TYPE_CHECKING") {
        out.kind = Truth::Kind::never;
      } else if (unit_[condition].kind == Kind::identifier && is_parameter(condition)) {
        out.kind = Truth::Kind::flag;
        out.flag = text;
      } else if (unit_[condition].kind == Kind::identifier) {
        TermId term = terms_.expression(condition);
        if (arena_[term].kind == TermKind::free_name || arena_[term].kind == TermKind::from_import) {
          out.kind = Truth::Kind::constant;
          out.constant = term;
        }
      } else if (holds_running_loop(condition)) {
        out.kind = Truth::Kind::running_check;
        out.inverted = true;
      } else if (TermId term = terms_.expression(condition); of_module(term)) {
        out.kind = Truth::Kind::constant;
        out.constant = term;
      }
      return out;
    }
    case Kind::call: {
      bool platform = text.starts_with("sys.platform.startswith(") || text.starts_with("platform.system(");
      if (platform) out.kind = Truth::Kind::platform;
      return out;
    }
    case Kind::comparison_operator: return comparison(condition);
    default: return out;
  }
}

// config.DEBUG, where config may be a module: not what hangs on self, a local or a call.
bool Circumstances::of_module(TermId term) const {
  if (arena_[term].kind != TermKind::attribute) return false;
  TermKind root = arena_[arena_[term].a].kind;
  return root == TermKind::free_name || root == TermKind::from_import || root == TermKind::import;
}

// A parameter that nothing else gives a value.
bool Circumstances::is_parameter(NodeId name) const {
  const Function& fn = facts_.function_of(name);
  auto bindings = facts_.bindings_in(fn.scope, unit_.text_of(name));
  return bindings.size() == 1 && facts_.bindings[bindings.front()].kind == BindingKind::parameter;
}

bool Circumstances::is_store_of(const AttributeStore& store, std::string_view attribute) const {
  std::string_view object = unit_.text_of(store.object);
  return attribute.size() == object.size() + 1 + store.attribute.size() && attribute.starts_with(object) && attribute.ends_with(store.attribute);
}

// get_running_loop() by some name, a local that holds its result, or an attribute that this function has just set to it.
bool Circumstances::holds_running_loop(NodeId subject) const {
  constexpr std::string_view kAsked = "running_loop(";
  std::string_view text = unit_.text_of(subject);
  if (text.find(kAsked) != std::string_view::npos) return true;
  if (unit_[subject].kind == Kind::attribute) {
    const FunctionId function = facts_.function_id_of(subject);
    for (const AttributeStore& store : facts_.attribute_stores) {
      if (store.function != function || store.how.value == kNoNode || !is_store_of(store, text)) continue;
      if (unit_.text_of(store.how.value).find(kAsked) != std::string_view::npos) return true;
    }
  }
  if (unit_[subject].kind != Kind::identifier) return false;
  for (std::uint32_t b : facts_.bindings_in(facts_.function_of(subject).scope, text)) {
    NodeId value = facts_.bindings[b].value;
    if (value != kNoNode && facts_.bindings[b].kind == BindingKind::assign && unit_.text_of(value).find(kAsked) != std::string_view::npos) return true;
  }
  return false;
}

// `x is None`, `get_running_loop() is not None`.
Circumstances::Truth Circumstances::none_test(NodeId condition) const {
  Truth out;
  std::string_view text = unit_.text_of(condition);
  if (!text.ends_with(" None")) return out;
  bool is = text.ends_with(" is None"), is_not = text.ends_with(" is not None");
  NodeId subject = unit_.first_child(condition);
  if ((!is && !is_not) || subject == kNoNode) return out;
  if (holds_running_loop(subject)) {
    out.kind = Truth::Kind::running_check;
  } else if (unit_[subject].kind == Kind::identifier && is_parameter(subject)) {
    out.kind = Truth::Kind::flag;
    out.flag = unit_.text_of(subject);
    out.none = true;
  }
  out.inverted = is_not;
  return out;
}

// `__name__ == "__main__"`, `sys.platform == "win32"`, `sys.version_info < (3, 9)`.
Circumstances::Truth Circumstances::comparison(NodeId condition) {
  Truth out;
  std::string_view text = unit_.text_of(condition);
  if (text.starts_with("__name__ ==")) {
    out.kind = Truth::Kind::running_check;
    return out;
  }
  if (Truth test = none_test(condition); test.kind != Truth::Kind::unknown) return test;
  std::string_view left = text.substr(0, text.find_first_of(" <>=!"));
  if (left == "sys.platform" || left == "os.name" || left == "platform.system()") {
    out.kind = Truth::Kind::platform;
    return out;
  }
  if (last_name(left) != "version_info" && !left.starts_with("sys.version_info[")) return out;
  std::size_t op = text.find_first_of("<>=!");
  std::size_t three = text.find("(3,");
  if (op == std::string_view::npos || three == std::string_view::npos || left.find('[') != std::string_view::npos) return out;
  std::string_view rest = text.substr(three + 3);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  unsigned minor = 0;
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), minor);
  if (error != std::errc() || minor == 0 || minor > 100) return out;
  std::string_view sign = text.substr(op, text[op + 1] == '=' ? 2 : 1);
  if (sign != "<" && sign != ">=" && sign != ">" && sign != "<=") return out;
  out.kind = Truth::Kind::below;
  // (3, 9) is below any 3.9.x: `> (3, 9)` and `>= (3, 9)` are the same for a release.
  out.version = static_cast<std::uint8_t>(minor);
  out.inverted = sign[0] == '>';
  return out;
}

// `if self._x is None:` or `if not self._x:` over a block that assigns self._x; the same for a key `not in` a mapping.
bool Circumstances::fills(NodeId block, std::string_view condition) const {
  std::string_view subject;
  std::size_t none = condition.find(" is None"), absent = condition.find(" not in ");
  if (none != std::string_view::npos) subject = condition.substr(0, none);
  else if (absent != std::string_view::npos) subject = condition.substr(absent + 8);
  else if (condition.starts_with("not ")) subject = condition.substr(4);
  while (!subject.empty() && std::string_view("( \n\t").find(subject.front()) != std::string_view::npos) subject.remove_prefix(1);
  if (subject.find(' ') != std::string_view::npos) return false;
  // A local would be filled anew in every call; what outlives the call hangs on something.
  if (subject.find_first_of("._[") == std::string_view::npos) return fills_lookup(block, subject);
  for (NodeId n = block; n < block + unit_[block].size; ++n) {
    if (unit_[n].kind != Kind::assignment) continue;
    NodeId left = unit_.child(n, Field::left);
    if (left != kNoNode && unit_.text_of(left).starts_with(subject)) return true;
  }
  return starts_thread(block);
}

// `x = store.get(key); if x is None: x = store[key] = make(key)`: the local is what the look-up gave.
bool Circumstances::fills_lookup(NodeId block, std::string_view local) const {
  for (NodeId n = block; n < block + unit_[block].size; ++n) {
    const NodeId left = unit_[n].kind == Kind::assignment ? unit_.child(n, Field::left) : kNoNode;
    if (left == kNoNode || unit_[left].kind != Kind::subscript) continue;
    const NodeId store = unit_.child(left, Field::value), outer = unit_[n].parent;
    const bool chained =
        unit_[outer].kind == Kind::assignment && unit_.text_of(unit_.child(outer, Field::left)) == local;
    const NodeId right = unit_.child(n, Field::right);
    if (store == kNoNode || right == kNoNode || (!chained && unit_.text_of(right) != local)) continue;
    for (std::uint32_t b : facts_.bindings_in(facts_.function_of(block).scope, local)) {
      const NodeId value = facts_.bindings[b].value;
      if (value != kNoNode && value < block && unit_.text_of(value).starts_with(unit_.text_of(store))) return true;
    }
  }
  return false;
}

// `if self._loop is None: self._thread.start(); self._ready.wait()`: what is started fills it, in another function.
bool Circumstances::starts_thread(NodeId block) const {
  for (NodeId statement : children(unit_, block)) {
    NodeId call = unit_[statement].kind == Kind::call ? statement : unit_.first_child(statement);
    if (call == kNoNode || unit_[call].kind != Kind::call) continue;
    std::string_view callee = unit_.text_of(unit_.child(call, Field::function));
    if (callee.ends_with(".start") && callee != "self.start") return true;
  }
  return false;
}

// `if not self.sheets.has(path): self.sheets.read(path)`: the object is asked whether it has the thing before it gets
// it.
bool Circumstances::asks_before(NodeId block, std::string_view condition) const {
  if (!condition.starts_with("not ")) return false;
  const std::size_t open = condition.find('(');
  const std::size_t dot = condition.substr(0, open).rfind('.');
  if (open == std::string_view::npos || dot == std::string_view::npos) return false;
  if (!starts_with_word_for("has", condition.substr(dot + 1, open - dot - 1))) return false;
  const std::string_view object = condition.substr(4, dot + 1 - 4);  // with its dot
  for (NodeId n = block; n < block + unit_[block].size; ++n) {
    if (unit_[n].kind == Kind::call && unit_.text_of(n).starts_with(object)) return true;
  }
  return false;
}

// `if security is True:`, of a parameter that may be something else as well: true for some callers, like a type.
bool Circumstances::asks_for_true(NodeId condition) const {
  condition = inside_parentheses(unit_, condition);
  if (unit_[condition].kind != Kind::comparison_operator || !unit_.text_of(condition).ends_with(" is True"))
    return false;
  const NodeId subject = unit_.first_child(condition);
  if (subject == kNoNode || unit_[subject].kind != Kind::identifier) return false;
  return is_part_of_parameter(facts_.function_of(condition).scope, unit_.text_of(subject));
}

bool Circumstances::names_parameter(std::string_view condition, FunctionId function) const {
  std::size_t open = condition.find("isinstance(");
  std::string_view rest = condition.substr(open + 11);
  std::string_view subject = rest.substr(0, rest.find_first_of(",)"));
  return is_part_of_parameter(facts_.functions[function].scope, subject);
}

// The parameter, or a local that is one or a part of one: `content = file[1] if isinstance(file, tuple) else file`.
bool Circumstances::is_part_of_parameter(ScopeId scope, std::string_view name) const {
  for (std::uint32_t b : facts_.bindings_in(scope, name)) {
    const Binding& binding = facts_.bindings[b];
    if (binding.kind == BindingKind::parameter) return true;
    if (binding.kind != BindingKind::assign || binding.value == kNoNode) continue;
    NodeId part = inside_parentheses(unit_, binding.value);
    if (unit_[part].kind == Kind::conditional_expression) part = unit_.first_child(part);
    if (part != kNoNode && unit_[part].kind == Kind::subscript) part = unit_.child(part, Field::value);
    if (part == kNoNode || unit_[part].kind != Kind::identifier || unit_.text_of(part) == name) continue;
    for (std::uint32_t p : facts_.bindings_in(scope, unit_.text_of(part))) {
      if (facts_.bindings[p].kind == BindingKind::parameter) return true;
    }
  }
  return false;
}

// CPython docs, BlockingIOError: raised when an operation would block on an object set for non-blocking operation.
bool Circumstances::handles(NodeId try_statement, std::string_view error) const {
  for (NodeId clause : children(unit_, try_statement)) {
    if (unit_[clause].kind != Kind::except_clause) continue;
    NodeId value = unit_.child(clause, Field::value);
    if (value != kNoNode && unit_.text_of(value).find(error) != std::string_view::npos) return true;
  }
  return false;
}

bool Circumstances::mentions_running_loop(NodeId try_statement) const {
  NodeId body = unit_.child(try_statement, Field::body);
  return body != kNoNode && unit_.text_of(body).find("get_running_loop") != std::string_view::npos;
}

}  // namespace awaitd::analysis
