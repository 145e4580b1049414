// Every row of the blocking table is exercised: a snippet that uses it on the loop gives exactly its finding.
#include <gtest/gtest.h>

#include <set>

#include "analysis/effects/burden.h"
#include "analysis/engine.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/knowledge_snippets.h"

namespace awaitd::analysis {
namespace {

// Kinds that have a rule by now.
bool reported(const BlockingFact& fact) {
  switch (fact.kind) {
    case BlockingKind::cpu:
      return burden_of(fact) != Burden::none;
    case BlockingKind::sleep:
    case BlockingKind::http:
    case BlockingKind::database:
    case BlockingKind::file_io:
    case BlockingKind::subprocess:
    case BlockingKind::network:
    case BlockingKind::console:
      return true;
    default:
      return false;
  }
}

// Pseudo-names that the engine does not ask for yet; a row that gets found must leave this list.
bool unexercised(std::string_view name) {
  for (const std::string_view pseudo : {".__next__", ".__len__", ".__bool__"})
    if (name.ends_with(pseudo)) return true;
  return name == "sys.stdin.__iter__" || name == "sys.stdin.buffer.__iter__";  // no instances: sys.stdin is a name
}

TEST(KnowledgeExercise, EveryRowIsFoundAndEverySilentRowIsSilent) {
  const auto options = std::make_shared<Options>();
  const Knowledge& knowledge = *options->knowledge;
  Parser parser;
  for (const BlockingFact& fact : knowledge.blocking_facts()) {
    if (!reported(fact)) continue;
    const std::string snippet = snippet_for(fact, knowledge);
    const AnalysisPtr analysis = analyse(Document(snippet), SourceFile(), nullptr, options, parser, {});
    ASSERT_NE(analysis, nullptr);
    std::set<std::string> found;
    for (const Finding& finding : findings(*analysis)) {
      const BlockingFact* known = knowledge.blocking(finding.origin);
      found.insert(known == nullptr ? finding.origin : std::string(known->name));
    }
    const std::set<std::string> wanted =
        fact.silent || unexercised(fact.name) ? std::set<std::string>{} : std::set<std::string>{std::string(fact.name)};
    EXPECT_EQ(found, wanted) << snippet;
  }
}

}  // namespace
}  // namespace awaitd::analysis
