// AWD407: an object that belongs to an event loop is made where no loop runs yet: at import, in a class body, or in the
// __init__ of an object that is made at import.
#include "analysis/fixes/first_use.h"
#include "analysis/knowledge/entries.h"
#include "analysis/rules/fixable.h"
#include "analysis/rules/rule.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {
namespace {

constexpr PythonVersion kAssumed{3, 9};
constexpr PythonVersion kFree{3, 10};  // from here on primitives take their loop when they first wait

// Code that runs while the module is imported.
bool at_import(const UnitView& view, FunctionId function) {
  return view.unit().skeleton && view.facts().functions[function].module;
}

// A class of this module of which an object is made at import, and where.
const char* made_at_import(const UnitView& view, Note& where) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (cls == kNone || view.unit().skeleton || view.function_name(1) != "__init__") return nullptr;
  bool made = false;
  const std::string_view name = view.linker().index().tables->classes[cls].qualname;
  view.each_unit_that_mentions({name.substr(name.rfind('.') + 1)}, [&](const UnitView& other) {
    if (made || !other.unit().skeleton) return;
    for (const Call& call : other.facts().calls) {
      if (!other.facts().functions[call.function].module ||
          other.facts().scopes[other.facts().scope_of[call.node]].kind == ScopeKind::function)
        continue;
      for (const Value& v : other.callee(call).values) {
        if (made || v.kind != ValueKind::cls || v.module != 0 || v.id != cls) continue;
        made = true;
        where = {"", other.range(call.node), "the object is made here, while the module is imported",
                 static_cast<int>(other.at().unit)};
      }
    }
  });
  return made ? "in the `__init__` of an object that is made at import" : nullptr;
}

// 3.9 is also what is taken where a project says nothing: there the module itself must start a new loop.
bool binds_early(const UnitView& view) {
  if (view.options().target >= kFree) return false;
  if (view.options().target < kAssumed) return true;
  bool runs = false;
  view.each_unit_that_mentions({"run"}, [&](const UnitView& other) {
    if (runs) return;
    for (const Call& call : other.facts().calls) {
      for (const Value& v : other.callee(call).values) {
        const ContextFact* fact = v.kind == ValueKind::external ? view.knowledge().context(v.name) : nullptr;
        runs |= fact != nullptr && fact->role == Role::entry && entry_kind(fact->name) == EntryKind::once &&
                v.name.ends_with(".run");
      }
    }
  });
  return runs;
}

void fix(const UnitView& view, const Finding& finding, FixList& fixes) {
  for (const Call& call : view.facts().calls) {
    if (call.callee == kNoNode || view.document_range(call.callee) != finding.range) continue;
    fixes.add(make_on_first_use(view, call, fixes.probe()), true);
    return;
  }
}

void check(const UnitView& view, Report& report) {
  const Facts& facts = view.facts();
  for (const Call& call : facts.calls) {
    const Function& fn = facts.functions[call.function];
    bool init = !view.unit().skeleton && call.function == 1 && fn.name != kNoNode && view.text(fn.name) == "__init__";
    if (!at_import(view, call.function) && !init) continue;
    ValueSet callee = view.callee(call);
    if (callee.values.size() != 1 || callee.unknown || callee.values[0].kind != ValueKind::external) continue;
    std::string name(view.knowledge().canonical(callee.values[0].name));
    bool early = has_role(name, "early");
    if (!early && !has_role(name, "loop")) continue;
    if (early && !binds_early(view)) continue;
    Note object;
    const char* where = init ? made_at_import(view, object) : "at import";
    if (where == nullptr) continue;
    std::string what = "`" + std::string(view.text(call.callee)) + "()`";
    std::string message = what + " is made " + where + ", where no event loop runs: ";
    message += early ? "before Python 3.10 it binds itself to another loop than the one that `asyncio.run()` starts, "
                       "and waiting for it fails. Make it inside a coroutine."
                     : "it fails, or binds itself to a loop that never runs. Make it inside a coroutine.";
    Finding& finding = report.add(call.callee, std::move(message));
    finding.origin = name;
    if (init) finding.notes.push_back(object);
    mark_fixable(view, finding, fix);
  }
}

}  // namespace

extern constinit const Rule loop_bound_at_import = {
    .code = "AWD407",
    .name = "loop-bound-at-import",
    .summary = "An object of the event loop made before there is one",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
