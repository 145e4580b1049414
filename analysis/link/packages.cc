// Where the project's code meets installed packages (analysis/project/packages.h): what it gets from them is probable.
// A package sees nothing of the project, so that what is known of it holds for everybody who calls it.
#include <algorithm>

#include "analysis/link/linker.h"

namespace awaitd::analysis {
namespace {

// Terms whose value comes out of another one's.
bool comes_out_of_another(TermKind kind) {
  switch (kind) {
    case TermKind::attribute:
    case TermKind::call:
    case TermKind::await:
    case TermKind::enter:
    case TermKind::aenter:
    case TermKind::iterate:
    case TermKind::aiterate:
    case TermKind::item:
    case TermKind::element:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Linker::installed(const Value& v) const {
  switch (v.kind) {
    case ValueKind::external:
    case ValueKind::instance:
    case ValueKind::alias:
    case ValueKind::none:
      return false;  // theirs is no module, but that of who calls
    default:
      return modules_[v.module]->installed;
  }
}

void Linker::doubt_packages(ValueSet& result, const Terms& terms, const Term& t, At at) {
  if (modules_[at.module]->installed) return;
  const auto is_theirs = [this](const Value& v) { return installed(v); };
  auto& found = result.values;
  bool all = false;
  if (comes_out_of_another(t.kind)) {
    const ValueSet source = values(terms, t.a, at);
    all = std::any_of(source.values.begin(), source.values.end(), is_theirs);
  }
  if (!all && std::none_of(found.begin(), found.end(), is_theirs)) return;
  for (Value& v : found.edit()) v.probable |= all || is_theirs(v);
}

}  // namespace awaitd::analysis
