#include "analysis/rules/concurrency.h"

#include <algorithm>
#include <set>

#include "analysis/flow/flow.h"
#include "analysis/knowledge/entries.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/shared_state.h"

namespace awaitd::analysis {
namespace {

constexpr int kMaxSteps = 4;

// What calls or starts a function, in one unit.
struct Site {
  std::uint32_t unit = 0;
  FunctionId function = 0;
  Range range;
  bool repeated = false;   // in a loop or comprehension
  bool scheduled = false;  // made a task or handed to gather
  bool kept = false;       // as an attribute, of which there is one at a time
  bool entry = false;      // registered as a handler
  bool same_object = false;
  bool shared_object = false;
  bool locked = false;
  bool arguments = false;  // it is called with some
};

std::string quoted(const UnitView& view, FunctionId function) { return "`" + view.function_name(function) + "()`"; }

const ContextFact* entry_fact(const UnitView& view, const ValueSet& values) {
  for (const Value& v : values.values) {
    const ContextFact* fact = view.knowledge().context(v.name);
    if (fact == nullptr || fact->role != Role::entry || !fact->async_on_loop) continue;
    if (entry_kind(fact->name) == EntryKind::many) return fact;
  }
  return nullptr;
}

}  // namespace

bool is_handler(const UnitView& view, FunctionId function, bool on_self) {
  const Facts& facts = view.facts();
  const Unit& unit = view.unit();
  for (const Decorator& d : facts.decorators) {
    if (d.function != function) continue;
    NodeId e = d.expression;
    if (e != kNoNode && unit[e].kind == Kind::call) e = unit.child(e, Field::function);
    const ContextFact* fact = e == kNoNode ? nullptr : entry_fact(view, view.values(e));
    if (fact != nullptr && fact->decorator) return true;
  }
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (function != 1 || cls == kNone) return false;
  std::string name = " " + view.function_name(function) + " ";
  for (const std::string& base : view.linker().external_bases(0, cls).names) {
    const ContextFact* fact = view.knowledge().context(base);
    if (fact == nullptr || fact->role != Role::entry || !fact->base_class || !fact->async_on_loop) continue;
    EntryKind kind = entry_kind(fact->name);
    if (kind == EntryKind::once || (on_self && kind == EntryKind::own_object)) continue;
    if ((" " + std::string(fact->methods) + " ").find(name) != std::string::npos) return true;
  }
  return false;
}

namespace {

bool in_loop(const Unit& unit, const Facts& facts, NodeId node) {
  FunctionId function = facts.function_id_of(node);
  NodeId below = node;
  for (NodeId n = unit[node].parent; n != kNoNode; below = n, n = unit[n].parent) {
    if (unit[n].kind == Kind::function_definition || unit[n].kind == Kind::lambda) break;
    bool loop = unit[n].kind == Kind::for_statement || unit[n].kind == Kind::while_statement;
    if (loop && unit[below].field == Field::body && facts.function_id_of(n) == function) return true;
    bool comprehension = unit[n].kind == Kind::list_comprehension || unit[n].kind == Kind::generator_expression ||
                         unit[n].kind == Kind::set_comprehension || unit[n].kind == Kind::dictionary_comprehension;
    if (comprehension && below == unit.first_child(n)) return true;
  }
  return false;
}

// The call that node is an argument of (through lists, stars and comprehensions).
const Call* taking_call(const Facts& facts, NodeId node) {
  const Unit& unit = *facts.unit;
  for (NodeId n = unit[node].parent; n != kNoNode; n = unit[n].parent) {
    switch (unit[n].kind) {
      case Kind::argument_list:
        return facts.call_at(unit[n].parent);
      case Kind::keyword_argument:
      case Kind::list:
      case Kind::list_splat:
      case Kind::list_comprehension:
      case Kind::generator_expression:
      case Kind::tuple:
      case Kind::parenthesized_expression:
        continue;
      case Kind::call:  // `f(...)` as the generator argument: g(f(x) for x in xs)
        if (unit[n].kind == Kind::call && facts.call_at(n) != nullptr && facts.call_at(n)->arguments != kNoNode)
          return facts.call_at(n);
        return nullptr;
      default:
        return nullptr;
    }
  }
  return nullptr;
}

struct Target {
  std::uint32_t unit = 0;
  std::string name;
  bool on_self = false;
  bool state_on_self = false;
};

bool means(const UnitView& view, NodeId expression, const Target& target) {
  for (const Value& v : view.values(expression).values) {
    if (v.kind == ValueKind::function && v.module == 0 && v.unit == target.unit && v.id == 1) return true;
  }
  return false;
}

void judge(const UnitView& view, NodeId object, Site& site) {
  if (object == kNoNode) return;
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  std::string_view text = unit.text_of(object);
  NodeId root = object;
  while (unit[root].kind == Kind::attribute && unit.child(root, Field::object) != kNoNode)
    root = unit.child(root, Field::object);
  if (unit[root].kind != Kind::identifier) return;
  std::string_view name = unit.text_of(root);
  if (name == "self" && root == object) {
    site.same_object = true;
  } else if (name == "self" || view.is_global_at(name, root)) {
    site.shared_object = unit[root].kind == Kind::identifier && text.find('(') == std::string_view::npos;
  } else {
    // A local that some call made belongs to this run; one that closes over an outer function's is shared.
    site.shared_object = facts.bindings_in(facts.functions[site.function].scope, name).empty();
  }
}

void sites_in(const UnitView& view, const Target& target, std::vector<Site>& out) {
  const Unit& unit = view.unit();
  const Facts& facts = view.facts();
  if (unit.text.find(target.name) == std::string::npos) return;
  for (NodeId n = 0; n < unit.nodes.size(); ++n) {
    if (unit[n].kind != Kind::identifier || unit.text_of(n) != target.name) continue;
    NodeId expression = n, parent = unit[n].parent;
    if (unit[n].field == Field::attribute && unit[parent].kind == Kind::attribute) expression = parent;
    NodeId outer = unit[expression].parent;
    bool called = unit[expression].field == Field::function && unit[outer].kind == Kind::call;
    NodeId whole = called ? outer : expression;
    const Call* taker = taking_call(facts, whole);
    const Call* own = called ? facts.call_at(outer) : nullptr;
    bool awaited = own != nullptr && own->awaited;
    if (!awaited && taker == nullptr) continue;
    if (unit[n].field == Field::name || !means(view, expression, target)) continue;
    Site site;
    site.unit = view.at().unit;
    site.function = facts.function_id_of(n);
    site.range = view.range(expression);
    site.arguments = own != nullptr && own->argument_count > 0;
    if (target.on_self && unit[expression].kind == Kind::attribute)
      judge(view, unit.child(expression, Field::object), site);
    if (view.in_test(site.function)) continue;
    if (!awaited) {
      site.repeated = in_loop(unit, facts, whole);
      for (const Value& v : view.callee(*taker).values) {
        const ContextFact* fact = view.knowledge().context(v.name);
        if (fact == nullptr || !fact->async_on_loop) continue;
        site.scheduled |= fact->role == Role::schedule;
        site.entry |= !called && fact->role == Role::entry && entry_kind(fact->name) == EntryKind::many;
      }
      if (!site.scheduled && !site.entry) continue;
      NodeId statement = facts.statement_of(n);
      for (NodeId c = statement; c < statement + unit[statement].size && c < n; ++c) {
        bool stored = unit[c].kind == Kind::assignment && unit.child(c, Field::left) != kNoNode;
        site.kept |= stored && unit[unit.child(c, Field::left)].kind == Kind::attribute;
      }
    } else {
      std::uint32_t at = unit[expression].start;
      for (const Guarded& g : guarded_parts(view, site.function)) {
        site.locked |= g.from <= at && at < g.to && (target.state_on_self || !g.own);
      }
    }
    out.push_back(site);
  }
}

Note note_of(const Site& site, std::string text) {
  Note note;
  note.unit = static_cast<int>(site.unit);
  note.range = site.range;
  note.text = std::move(text);
  return note;
}

class Search {
 public:
  Search(const UnitView& view, bool on_self) : view_(view), on_self_(on_self), state_on_self_(on_self) {}

  bool many(const UnitView& view, FunctionId function, int steps, Evidence& out) {
    if (is_handler(view, function, on_self_)) {
      out.why = quoted(view, function) + " runs once for every request or event";
      return out.many = true;
    }
    if (function != 1 || steps > kMaxSteps || !seen_.insert(view.at().unit).second) return false;
    std::vector<Site> sites = sites_of(view, function);
    if (steps == 0) out.under_lock = locked_everywhere(sites, 0);
    std::set<std::pair<std::uint32_t, FunctionId>> starts;  // two calls in one function are mostly two branches
    for (const Site& s : sites) {
      if (on_self_ && !s.same_object && !s.shared_object) continue;
      if (s.entry || (s.scheduled && s.repeated)) {
        out.spread = steps == 0 && !s.entry && s.arguments;
        out.why =
            quoted(view, function) + (s.entry ? " is registered as a handler" : " is started in several tasks at once");
        out.notes.push_back(
            note_of(s, quoted(view, function) + (s.entry ? " is registered here" : " is started here, many times")));
        return out.many = true;
      }
      if (s.scheduled && !s.kept) starts.insert({s.unit, s.function});
    }
    if (starts.size() > 1) {
      out.why = quoted(view, function) + " is started as a task in several places";
      for (const Site& s : sites) {
        if (s.scheduled) out.notes.push_back(note_of(s, quoted(view, function) + " is started here"));
      }
      return out.many = true;
    }
    for (const Site& s : sites) {
      if (on_self_ && !s.same_object && !s.shared_object) continue;
      if (s.locked) continue;
      UnitView caller(view_, s.unit);
      bool before = on_self_;
      on_self_ = on_self_ && s.same_object;
      bool found = many(caller, s.function, steps + 1, out);
      on_self_ = before;
      if (!found) continue;
      out.notes.insert(out.notes.begin(), note_of(s, quoted(caller, s.function) + " runs " + quoted(view, function)));
      return true;
    }
    return false;
  }

 private:
  bool locked_everywhere(const std::vector<Site>& sites, int steps) {
    return !sites.empty() && std::all_of(sites.begin(), sites.end(), [&](const Site& s) {
      if (s.locked || s.scheduled || s.entry || s.function != 1 || steps >= kMaxSteps) return s.locked;
      const UnitView caller(view_, s.unit);
      return locked_everywhere(sites_of(caller, s.function), steps + 1);
    });
  }

  std::vector<Site> sites_of(const UnitView& view, FunctionId function) {
    Target target{view.at().unit, view.function_name(function), on_self_ && view.linker().unit(view.at()).cls != kNone,
                  state_on_self_};
    std::vector<Site> sites;
    view_.each_unit_that_mentions({target.name}, [&](const UnitView& other) { sites_in(other, target, sites); });
    return sites;
  }

  const UnitView& view_;
  bool on_self_;
  const bool state_on_self_;
  std::set<std::uint32_t> seen_;
};

}  // namespace

Evidence evidence_of(const UnitView& view, FunctionId function, bool on_self) {
  Evidence out;
  Search(view, on_self).many(view, function, 0, out);
  return out;
}

bool serialised(const UnitView& view, FunctionId function) {
  for (const Decorator& d : view.facts().decorators) {
    if (d.function != function || d.expression == kNoNode) continue;
    if (holds_word_for("serialises", view.text(d.expression))) return true;
    NodeId e = d.expression;
    if (view.unit()[e].kind == Kind::call) e = view.unit().child(e, Field::function);
    for (const Value& v : view.values(e).values) {
      if (v.kind != ValueKind::function) continue;
      view.look_at({v.module, v.unit});
      const std::string& body = view.linker().unit({v.module, v.unit}).data->unit->text;
      if (body.find("lock") != std::string::npos || body.find("Lock") != std::string::npos) return true;
    }
  }
  std::string name = view.function_name(function);
  return name.ends_with("_locked") || name.ends_with("_unlocked") || name.ends_with("_unsafe");  // says who holds it
}

}  // namespace awaitd::analysis
