#include "tests/analysis/knowledge_snippets.h"

namespace awaitd::analysis {
namespace {

// Arguments without which the call would not block.
std::string arguments(const BlockingFact& fact) {
  std::string given;
  for (const Condition& condition : conditions(fact.unless))
    if (condition.of == Condition::Of::call && condition.test == Condition::Test::missing)
      given += (given.empty() ? "" : ", ") + std::string(condition.name) + "=value";
  return "(" + given + ")";
}

std::string use_of(const BlockingFact& fact, const std::string& receiver, const std::string& member) {
  if (member == "__iter__") return "for _ in " + receiver + ":\n        pass";
  if (member == "__next__") return "next(" + receiver + ")";
  if (member == "__len__") return "len(" + receiver + ")";
  if (member == "__bool__") return "bool(" + receiver + ")";
  if (member == "__call__") return fact.lazy ? "for _ in " + receiver + "():\n        pass" : receiver + "()";
  if (member == "__enter__" || member == "__exit__") return "with " + receiver + ":\n        pass";
  const std::string call = receiver + "." + member + arguments(fact);
  return fact.lazy ? "for _ in " + call + ":\n        pass" : call;
}

}  // namespace

std::string snippet_for(const BlockingFact& fact, const Knowledge& knowledge) {
  std::string name(fact.name);
  if (name.ends_with(".**")) name = name.substr(0, name.size() - 2) + "part.any_call";
  if (name.ends_with(".*")) name = name.substr(0, name.size() - 1) + "any_call";
  const std::string root = name.substr(0, name.find('.'));
  const std::string owner = name.substr(0, name.rfind('.'));
  const std::string member = name.substr(name.rfind('.') + 1);
  const std::string import = root == "builtins" ? "" : "import " + root + "\n\n\n";
  if (root == "builtins") return "async def use():\n    " + member + arguments(fact) + "\n";
  for (std::string cls = owner; cls.find('.') != std::string::npos; cls = cls.substr(0, cls.rfind('.')))
    if (knowledge.is_class(cls)) {
      const std::string path = "x" + owner.substr(cls.size());
      return import + "async def use(x: " + cls + "):\n    " + use_of(fact, path, member) + "\n";
    }
  return import + "async def use():\n    " + use_of(fact, owner, member) + "\n";
}

}  // namespace awaitd::analysis
