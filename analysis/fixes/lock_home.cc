#include "analysis/fixes/lock_home.h"

#include <algorithm>

#include "analysis/fixes/extract.h"

namespace awaitd::analysis {
namespace {

bool has_member(const UnitView& view, const std::string& name) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  return cls != kNone && view.linker().index().tables->classes[cls].members.count(name) != 0;
}

}  // namespace

std::optional<LockHome> lock_in_init(const UnitView& view, const std::string& name) {
  std::uint32_t cls = view.linker().unit(view.at()).cls;
  if (cls == kNone || has_member(view, name)) return std::nullopt;
  std::optional<LockHome> found;
  view.each_unit([&](const UnitView& other) {
    if (other.linker().unit(other.at()).cls != cls || other.unit().skeleton || other.facts().functions.size() < 2)
      return;
    const Function& init = other.facts().functions[1];
    if (other.function_name(1) != "__init__" || init.body == kNoNode || init.parameters == kNoNode) return;
    NodeId self = other.unit().first_child(init.parameters), last = kNoNode;
    for (NodeId c : children(other.unit(), init.body)) {
      if (other.unit()[c].kind != Kind::comment) last = c;
    }
    if (self == kNoNode || last == kNoNode || other.unit()[last].kind == Kind::return_statement) return;
    if (!indentation_of(other.unit(), last)) return;
    found = LockHome{other.at().unit, last, std::string(other.text(self)) + "." + name};
  });
  return found;
}

std::optional<LockHome> lock_beside_global(const UnitView& view, const std::string& place, const std::string& name) {
  std::string global = place.substr(
      2, place.find_first_of(".[") == std::string::npos ? std::string::npos : place.find_first_of(".[") - 2);
  if (view.linker().index().tables->globals.contains(name)) return std::nullopt;
  std::optional<LockHome> found;
  view.each_unit([&](const UnitView& other) {
    if (found || !other.unit().skeleton) return;
    const Facts& facts = other.facts();
    for (const Binding& b : facts.bindings) {
      if (b.name != global || (b.kind != BindingKind::assign && b.kind != BindingKind::annotation)) continue;
      if (!facts.functions[facts.scopes[b.scope].function].module || facts.scopes[b.scope].kind != ScopeKind::module)
        continue;
      NodeId statement = b.target == kNoNode ? kNoNode : facts.statement_of(b.target);
      if (statement == kNoNode || other.unit()[other.unit()[statement].parent].kind != Kind::module) continue;
      found = LockHome{other.at().unit, statement, name};
      return;
    }
  });
  return found;
}

std::optional<Fix> make_lock(const UnitView& view, const LockHome& home, std::string_view lock,
                             std::string_view arguments, bool probe) {
  UnitView owner(view, home.unit);
  EditBuilder edits(owner, probe);
  auto name = edits.name_for(lock, home.behind);
  if (!name) return std::nullopt;
  std::string eol(view.document().line_ending());
  std::string indent =
      home.target.find('.') == std::string::npos ? "" : indentation_of(owner.unit(), home.behind).value_or("");
  // Behind the line, a comment on it included.
  std::uint32_t end = owner.unit()[home.behind].end;
  std::uint32_t to = owner.document_range(home.behind).end;
  std::uint32_t line = to;
  const std::string& text = view.document().text();
  while (line < text.size() && text[line] != '\n' && text[line] != '\r') ++line;
  std::string_view rest = std::string_view(text).substr(to, line - to);
  std::size_t code = rest.find_first_not_of(" \t");
  if (code != std::string_view::npos && rest[code] != '#') return std::nullopt;
  std::string made = eol + indent + home.target + " = " + *name + "(" + std::string(arguments) + ")";
  edits.insert(end, made);
  auto fix = edits.finish("", Safety::suggested);
  if (!fix || fix->files.size() != 1) return std::nullopt;
  for (Edit& e : fix->files[0].edits) {
    if (e.text == made && e.range.start == to) e.range = {line, line};
  }
  return fix;
}

std::optional<Fix> both(std::optional<Fix> fix, std::optional<Fix> other) {
  if (!fix || !other || fix->files.size() != 1 || other->files.size() != 1) return std::nullopt;
  auto& all = fix->files[0].edits;
  for (Edit& e : other->files[0].edits) {
    bool known =
        std::any_of(all.begin(), all.end(), [&](const Edit& a) { return a.range == e.range && a.text == e.text; });
    if (!known) all.push_back(std::move(e));
  }
  std::sort(all.begin(), all.end(), [](const Edit& a, const Edit& b) { return a.range.start < b.range.start; });
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].range.start < all[i - 1].range.end) return std::nullopt;
  }
  return fix;
}

}  // namespace awaitd::analysis
