#include "tests/analysis/knowledge_snippets.h"

namespace awaitd::analysis {
namespace {

std::string use_of(const std::string& receiver, const std::string& member, bool lazy) {
  if (member == "__iter__") return "for _ in " + receiver + ":\n        pass";
  if (member == "__next__") return "next(" + receiver + ")";
  if (member == "__len__") return "len(" + receiver + ")";
  if (member == "__bool__") return "bool(" + receiver + ")";
  if (member == "__call__") return receiver + "()";
  if (member == "__enter__" || member == "__exit__") return "with " + receiver + ":\n        pass";
  const std::string call = receiver + "." + member + "()";
  return lazy ? "list(" + call + ")" : call;
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
  if (root == "builtins") return "async def use():\n    " + member + "()\n";
  for (std::string cls = owner; cls.find('.') != std::string::npos; cls = cls.substr(0, cls.rfind('.')))
    if (knowledge.is_class(cls)) {
      const std::string path = "x" + owner.substr(cls.size());
      return import + "async def use(x: " + cls + "):\n    " + use_of(path, member, fact.lazy) + "\n";
    }
  return import + "async def use():\n    " + use_of(owner, member, fact.lazy) + "\n";
}

}  // namespace awaitd::analysis
