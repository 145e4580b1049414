#include "analysis/fixes/pool.h"

#include "analysis/analysis_state.h"
#include "analysis/fixes/async_way.h"
#include "analysis/fixes/extract.h"
#include "analysis/fixes/offload.h"
#include "analysis/knowledge/processes.h"

namespace awaitd::analysis {
namespace {

// A function that another process finds by its name: of a module, not nested, no method.
bool importable(const UnitView& view, const Value& v) {
  if (v.kind == ValueKind::external) {
    std::string_view name = last_of(v.name);
    bool cls = view.knowledge().is_class(v.name) || view.knowledge().is_class(parent_of(v.name));
    return !v.inner && !cls && !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  }
  return v.kind == ValueKind::function && v.id == 1 && !v.inner && view.linker().unit({v.module, v.unit}).cls == kNone;
}

// Arguments travel as pickles.
bool can_travel(const UnitView& view, NodeId node) {
  const Unit& unit = view.unit();
  if (unit[node].kind == Kind::generator_expression) return false;
  for (NodeId n = node; n < node + unit[node].size; ++n) {
    if (unit[n].kind == Kind::lambda || unit[n].kind == Kind::await) return unit[n].kind == Kind::await;
  }
  for (const Value& v : view.values(node).values) {
    if (v.kind == ValueKind::generator || v.kind == ValueKind::coroutine || v.kind == ValueKind::module) return false;
    if (v.kind == ValueKind::function && !importable(view, v)) return false;
  }
  return true;
}

// The worker process imports this module: what would start a loop then must not stand there unguarded.
bool starts_on_import(const UnitView& view) {
  for (std::uint32_t u = 0; u < view.linker().index().units.size(); ++u) {
    const IndexedUnit& unit = view.linker().index().units[u];
    if (!unit.data->unit->skeleton || unit.data->facts->calls.empty()) continue;
    const auto& uses = unit.data->uses().uses;
    for (std::uint32_t i = 0; i < uses.size(); ++i) {
      if (uses[i].kind != UseKind::call || uses[i].guarded || !unit.data->facts->functions[uses[i].function].module)
        continue;
      const ResolvedUse& resolved = view.effects().resolved({0, u}, i);
      if (resolved.fact != nullptr && resolved.fact->kind == BlockingKind::loop_bridge) return true;
    }
  }
  return false;
}

bool movable(const UnitView& view, const Call& call) {
  if (call.arguments == kNoNode || call.callee == kNoNode || call.awaited || !can_await(view, call.node)) return false;
  ValueSet callee = view.callee(call);
  if (callee.unknown || callee.values.size() != 1 || !importable(view, callee.values[0])) return false;
  if (view.unit()[call.arguments].kind == Kind::generator_expression) return false;
  for (const Argument& a : view.facts().arguments_of(call)) {
    if (!can_travel(view, a.value)) return false;
  }
  return true;
}

std::optional<std::string> pool_name(EditBuilder& edits, const UnitView& view, const ProcessWay& way, NodeId node) {
  if (std::string known = known_pool(view, node); !known.empty()) return known;
  auto cls = edits.name_from(way.name, node);
  auto name = cls ? free_name(view, "executor") : std::nullopt;
  if (!name) return std::nullopt;
  edits.define(*name + " = " + *cls + "()");
  return name;
}

std::string pool_title(const ProcessWay& way) {
  return "Run in a process pool with " + std::string(way.executor ? last_of(way.name) : way.name);
}

// "f, x" of to_thread(f, x): the text from the callable to the last argument; keywords go into a partial.
std::optional<std::string> handed_work(EditBuilder& edits, const UnitView& view, const HandOver& over) {
  std::uint32_t end = 0;
  bool keywords = false;
  for (const Argument& a : view.facts().arguments_of(*over.call)) {
    NodeId value = a.value;
    if (value != over.callable && !can_travel(view, value)) return std::nullopt;
    keywords |= !a.name.empty() || a.stars == 2;
    end = std::max(end, view.unit()[value].end);
  }
  std::uint32_t start = view.unit()[over.callable].start;
  std::string text = view.unit().text.substr(start, end - start);
  if (!keywords) return text;
  auto partial = edits.name_for("functools.partial", over.call->node);
  if (!partial) return std::nullopt;
  return *partial + "(" + text + ")";
}

}  // namespace

std::string known_pool(const UnitView& view, NodeId node) {
  auto way = process_way(view.library().name);
  if (!way || !way->executor) return {};
  for (const auto& chunk : view.analysis().chunks) {
    const Facts& facts = *chunk->units[0].data->facts;
    for (const Binding& b : facts.bindings) {
      if (b.kind != BindingKind::assign || facts.scopes[b.scope].kind != ScopeKind::module) continue;
      if (!view.is_global_at(b.name, node)) continue;
      ValueSet meaning = view.meaning(b.name, node);
      bool pool = !meaning.unknown && meaning.values.size() == 1 && meaning.values[0].kind == ValueKind::instance;
      if (pool && view.knowledge().is_subclass(meaning.values[0].name, way->name)) return std::string(b.name);
      if (pool && meaning.values[0].name == way->name) return std::string(b.name);
    }
  }
  return {};
}

std::string pool_way(const UnitView& view) {
  auto way = process_way(view.library().name);
  if (!way) return {};
  if (!way->executor) return "run it in another process with `" + std::string(way->name) + "()`";
  return "run it in a process pool with `loop.run_in_executor()` and a `" + std::string(last_of(way->name)) + "`";
}

std::optional<std::string> pooled(EditBuilder& edits, const UnitView& view, NodeId node, const std::string& work,
                                  std::string& title) {
  auto way = process_way(view.library().name);
  if (!way || starts_on_import(view)) return std::nullopt;
  title = pool_title(*way);
  if (!way->executor) {
    auto run = edits.name_for(way->name, node);
    return run ? std::optional(*run + "(" + work + ")") : std::nullopt;
  }
  auto loop = edits.name_for(std::string(way->library) + ".get_running_loop", node);
  auto pool = loop ? pool_name(edits, view, *way, node) : std::nullopt;
  if (!pool) return std::nullopt;
  return *loop + "().run_in_executor(" + *pool + ", " + work + ")";
}

void run_in_pool(const UnitView& view, const Call& call, bool preferred, FixList& fixes) {
  if (!movable(view, call)) return;
  EditBuilder edits(view, fixes.probe());
  std::string work = callable_and_arguments(view, call);
  if (has_keywords(view, call)) {
    auto partial = edits.name_for("functools.partial", call.node);
    if (!partial) return;
    work = *partial + "(" + work + ")";
  }
  std::string title;
  auto expression = pooled(edits, view, call.node, work, title);
  if (!expression) return;
  edits.replace(call.node, awaited(view.unit(), call.node, *expression));
  fixes.add(edits.finish(std::move(title), Safety::suggested), preferred);
}

void thread_to_pool(const UnitView& view, const HandOver& over, FixList& fixes) {
  auto way = process_way(view.library().name);
  ValueSet callable = view.values(over.callable);
  bool sure = !callable.unknown && callable.values.size() == 1 && importable(view, callable.values[0]);
  if (!way || !sure || over.skipped == 0 || starts_on_import(view)) return;
  EditBuilder edits(view, fixes.probe());
  auto work = handed_work(edits, view, over);
  if (!work) return;
  NodeId node = over.call->node;
  if (way->executor && over.skipped == 2) {  // another executor of the same loop
    auto pool = pool_name(edits, view, *way, node);
    if (!pool) return;
    edits.replace(view.facts().positional(*over.call, 0)->value, *pool);
    return fixes.add(edits.finish(pool_title(*way), Safety::suggested), true);
  }
  std::string title;
  auto expression = over.call->awaited ? pooled(edits, view, node, *work, title) : std::nullopt;
  if (!expression) return;
  edits.replace(node, *expression);
  fixes.add(edits.finish(std::move(title), Safety::suggested), true);
}

}  // namespace awaitd::analysis
