// AWD507: an async test that nobody runs: pytest skips it without a plugin's marker, unittest.TestCase drops its
// coroutine.
#include <algorithm>

#include "analysis/fixes/fix_list.h"
#include "analysis/knowledge/words.h"
#include "analysis/rules/loop_calls.h"
#include "analysis/rules/rule.h"

namespace awaitd::analysis {
namespace {

constexpr std::string_view kMarks = "pytest.mark.";

bool is_test_module(const UnitView& view) {
  std::string_view module = view.linker().index().module;
  std::string_view last = module.substr(module.rfind('.') + 1);  // pytest's own default for python_files
  return last.starts_with("test_") || last.ends_with("_test");
}

enum class Mark : std::uint8_t { none, runs, unknown };

Mark stronger(Mark a, Mark b) {
  if (a == Mark::runs || b == Mark::runs) return Mark::runs;
  return a == Mark::unknown || b == Mark::unknown ? Mark::unknown : Mark::none;
}

Mark mark_of(const UnitView& view, const Value& v, int depth = 0) {
  if (v.inner && depth < 3 && v.kind == ValueKind::instance) {  // [pytest.mark.asyncio, pytest.mark.slow]
    Mark all = v.inner->unknown ? Mark::unknown : Mark::none;
    for (const Value& one : v.inner->values) all = stronger(all, mark_of(view, one, depth + 1));
    return all;
  }
  const ContextFact* fact = view.knowledge().context(v.name);
  if (fact != nullptr && fact->decorator && fact->role == Role::entry) return Mark::runs;
  if (!std::string_view(v.name).starts_with(kMarks)) return Mark::unknown;
  return view.knowledge().loop_fact(v.name, LoopRole::plain_mark) != nullptr ? Mark::none : Mark::unknown;
}

Mark marks_in(const UnitView& view, const ValueSet& values) {
  Mark all = values.unknown || values.values.empty() ? Mark::unknown : Mark::none;
  for (const Value& v : values.values) all = stronger(all, mark_of(view, v));
  return all;
}

// pytestmark = ..., in the module or in the class.
constexpr const char* kOfAll = "pytestmark";
Mark named_marks(const UnitView& view, const std::vector<Member>* marks, std::uint32_t module = 0) {
  Mark all = Mark::none;
  if (marks == nullptr) return all;
  for (const Member& m : *marks) {
    const At at{module, m.unit};
    all = stronger(all, marks_in(view, view.linker().values(view.linker().unit(at).data->exports->terms, m.term, at)));
  }
  return all;
}

Mark decorator_marks(const UnitView& view, const Terms& terms, const std::vector<TermId>& decorators, At at) {
  Mark all = Mark::none;
  for (TermId d : decorators) all = stronger(all, marks_in(view, view.linker().values(terms, d, at)));
  return all;
}

// Of a class: its own, those of the class around it and those of its bases, all of which pytest gives its tests.
Mark marks_of_class(const UnitView& view, std::uint32_t module, std::uint32_t cls, int depth = 0) {
  constexpr int kDeepest = 8;
  if (depth > kDeepest) return Mark::unknown;
  Linker& linker = view.linker();
  const IndexedClass& entry = linker.index(module).tables->classes[cls];
  const At at{module, entry.unit};
  view.look_at(at);
  const Exports& exports = *linker.unit(at).data->exports;
  const ExportedClass& exported = exports.classes[entry.id];
  const auto own = entry.members.find(kOfAll);
  Mark all = stronger(named_marks(view, own == entry.members.end() ? nullptr : &own->second, module),
                      decorator_marks(view, exports.terms, exported.decorators, at));
  if (exported.parent != kNone) {
    all = stronger(all, marks_of_class(view, module, linker.unit(at).first_class + exported.parent, depth + 1));
  }
  for (const TermId base : exported.bases) {
    for (const Value& v : linker.values(exports.terms, base, at).values) {
      if (v.kind == ValueKind::cls) all = stronger(all, marks_of_class(view, v.module, v.id, depth + 1));
    }
  }
  return all;
}

struct ClassPart {
  Mark mark = Mark::none;
  bool collected = true;            // pytest looks into it
  const LoopFact* plain = nullptr;  // a unittest class that runs no coroutines
};

ClassPart class_part(const UnitView& view, std::uint32_t cls) {
  ClassPart part;
  const IndexedClass& entry = view.linker().index().tables->classes[cls];
  part.mark = marks_of_class(view, 0, cls);
  Linker::ExternalBases bases = view.linker().external_bases(0, cls);
  if (bases.unknown) part.mark = Mark::unknown;
  for (const std::string& base : bases.names) {
    const LoopFact* plain = view.knowledge().loop_fact(base, LoopRole::plain_tests);
    if (plain == nullptr) part.mark = Mark::unknown;
    if (plain != nullptr) part.plain = plain;
  }
  // A base class of the project that calls its tests itself knows what to do with their coroutines.
  for (std::string_view method : words_for("calls_tests")) {
    if (part.plain == nullptr) break;
    view.look_for(method);
    Linker::ExternalBases ignored;
    if (!view.linker().find_member(0, cls, method, ignored).empty()) part.mark = Mark::unknown;
  }
  part.collected = part.plain != nullptr || entry.qualname.starts_with("Test");
  return part;
}

// The text of a marker that some other test of the module has: what runs that one runs this one.
std::string marker_here(const UnitView& view) {
  std::string marker;
  view.each_unit([&](const UnitView& other) {
    for (const Decorator& d : other.facts().decorators) {
      if (!marker.empty() || d.function == kNone || !other.facts().functions[d.function].async) continue;
      const ValueSet values =
          other.values(d.expression);  // a context manager or a fixture runs as well, but marks nothing
      const bool marks = std::any_of(values.values.begin(), values.values.end(),
                                     [](const Value& v) { return std::string_view(v.name).starts_with(kMarks); });
      if (marks && marks_in(other, values) == Mark::runs) marker = other.text(d.expression);
    }
  });
  return marker;
}

const Function* test_of(const UnitView& view) {
  if (view.unit().skeleton || view.facts().functions.size() < 2) return nullptr;
  const Function& fn = view.facts().functions[1];
  const bool test = fn.async && !fn.generator && fn.name != kNoNode && view.text(fn.name).starts_with("test");
  return test ? &fn : nullptr;
}

struct Verdict {
  bool found = false;
  bool sure = false;
  const LoopFact* plain = nullptr;
  std::uint32_t cls = kNone;
};

Verdict verdict_of(const UnitView& view) {
  Verdict v;
  if (test_of(view) == nullptr) return v;
  view.look_for("pytestmark");
  v.cls = view.linker().unit(view.at()).cls;
  Mark mark = decorator_marks(view, view.exports().terms, view.exports().functions[1].decorators, view.at());
  ClassPart part;
  if (v.cls != kNone) part = class_part(view, v.cls);
  if (part.plain != nullptr && part.mark == Mark::none && mark == Mark::none) {
    v.found = v.sure = true;
    v.plain = part.plain;
    return v;
  }
  const AsyncTests run = view.options().async_tests;
  const bool by_themselves = run == AsyncTests::automatic || run == AsyncTests::asyncio_mode;
  if (!is_test_module(view) || !part.collected || by_themselves) return v;
  mark = stronger(mark, stronger(part.mark, named_marks(view, view.linker().index().tables->globals.find(kOfAll))));
  if (mark != Mark::none) return v;
  const bool others = !marker_here(view).empty();
  v.found = others || run == AsyncTests::marked;
  v.sure = v.found;
  return v;
}

std::optional<Fix> add_marker(const UnitView& view, bool probe) {
  EditBuilder edits(view, probe);
  std::string marker = marker_here(view);
  const NodeId node = view.facts().functions[1].node;
  if (marker.empty()) {
    auto name = edits.name_for(kMarks.substr(0, kMarks.size() - 1), node);
    if (!name) return std::nullopt;
    marker = *name + "." + std::string(view.library().name);
  }
  const std::uint32_t start = view.unit()[0].start;
  std::string_view line = view.document().line_text(view.document().line_of(view.place().to_document(start)));
  std::string indent(line.substr(0, std::min(line.find_first_not_of(" \t"), line.size())));
  edits.insert(start, "@" + marker + std::string(view.document().line_ending()) + indent);
  return edits.finish("Mark it with `@" + marker + "`", Safety::suggested);
}

// class T(unittest.TestCase) -> class T(unittest.IsolatedAsyncioTestCase)
std::optional<Fix> other_base(const UnitView& view, const Verdict& verdict, bool probe) {
  const IndexedClass& entry = view.linker().index().tables->classes[verdict.cls];
  UnitView skeleton(view, entry.unit);
  const Class& cls = skeleton.facts().classes[entry.id];
  if (cls.bases == kNoNode) return std::nullopt;
  for (NodeId base : children(skeleton.unit(), cls.bases)) {
    for (const Value& v : skeleton.values(base).values) {
      if (v.kind != ValueKind::external || v.name != verdict.plain->name) continue;
      EditBuilder edits(skeleton, probe);
      auto name = edits.name_for(verdict.plain->advice, base);
      if (!name) return std::nullopt;
      edits.replace(base, *name);
      return edits.finish("Derive from `" + *name + "`", Safety::suggested);
    }
  }
  return std::nullopt;
}

std::optional<Fix> fixed(const UnitView& view, const Verdict& verdict, bool probe) {
  return verdict.plain != nullptr ? other_base(view, verdict, probe) : add_marker(view, probe);
}

void check(const UnitView& view, Report& report) {
  Verdict verdict = verdict_of(view);
  if (!verdict.found) return;
  const Function& fn = view.facts().functions[1];
  std::string name = "`" + view.function_name(1) + "()`";
  std::string text;
  if (verdict.plain != nullptr) {
    text = "The body of " + name + " never runs: `" + std::string(verdict.plain->name) +
           "` calls it and drops the coroutine, so it passes; use `" + std::string(verdict.plain->advice) + "`.";
  } else {
    text = name + " never runs: pytest does not run coroutine functions by itself; mark it with `@" +
           std::string(kMarks) + std::string(view.library().name) + "` or set the plugin's auto mode.";
  }
  Finding& finding = report.add(fn.name, std::move(text));
  finding.confidence = verdict.sure ? Confidence::definite : Confidence::probable;
  finding.fixable = fixed(view, verdict, true).has_value();
}

void fix(const UnitView& view, const Finding&, FixList& fixes) {
  Verdict verdict = verdict_of(view);
  if (verdict.found) fixes.add(fixed(view, verdict, fixes.probe()), true);
}

}  // namespace

extern constinit const Rule async_test_never_runs = {
    .code = "AWD507",
    .name = "async-test-never-runs",
    .summary = "An async test that neither pytest nor unittest runs",
    .severity = Severity::warning,
    .check = check,
    .fix = fix,
};

}  // namespace awaitd::analysis
