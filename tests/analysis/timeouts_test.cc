// The tables of timeouts as text, and what they give on code of several units.
#include "analysis/knowledge/timeouts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

Rows rows_of(std::string_view table) {
  Rows rows;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != std::string(table) + ".tsv") continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) { read_row(rows, table, line, true); });
  }
  return rows;
}

std::vector<std::vector<std::string>> facts() {
  std::ifstream in(std::string(AWAITD_SOURCE_DIR) + "/tests/data/facts/timeouts.tsv");
  std::vector<std::vector<std::string>> all;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> columns;
    std::istringstream parts(line);
    for (std::string column; std::getline(parts, column, '\t');) columns.push_back(column);
    all.push_back(columns);
  }
  return all;
}

TEST(Timeouts, EveryFactOfTheProjectIsARow) {
  const auto all = facts();
  ASSERT_EQ(all.size(), 123u);
  const Knowledge& knowledge = *Knowledge::builtin();
  for (const auto& fact : all) {
    const std::string name = fact[0].substr(0, fact[0].find('('));
    const TimeoutFact* row = knowledge.timeout(name);
    ASSERT_NE(row, nullptr) << name;
    EXPECT_EQ(row->name, knowledge.canonical(name));
    // What the fact calls the parameter bounds the call: its first word is one of the row's.
    std::string parameter = fact[3].substr(0, fact[3].find_first_of(" =/("));
    if (parameter == "-" || parameter == "wrap" || parameter.empty()) continue;
    EXPECT_TRUE(has_word(row->parameters, parameter) || !row->carries.empty() || row->kind == WaitKind::carrier)
        << name << ": " << parameter;
    // So is what it says of the default: no number of seconds, or this one.
    const bool plain = fact[0] == name;
    const bool none = plain && (fact[2].starts_with("none") || fact[2].starts_with("None"));
    EXPECT_TRUE(!none || row->bound == Bound::unbounded) << name;
    const bool figure = plain && fact[2][0] >= '1' && fact[2][0] <= '9' && fact[2].find(" s") != std::string::npos;
    const std::string seconds = fact[2].substr(0, fact[2].find_first_of(". "));
    EXPECT_TRUE(!figure || row->usual.find(seconds) != std::string_view::npos) << name << ": " << row->usual;
    const bool off = fact[0].find("None)") == std::string::npos || has_word(row->off, "None");
    EXPECT_TRUE(off) << name;
  }
}

TEST(Timeouts, RowsAreFoundUnderTheirOwnNames) {
  const Knowledge& knowledge = *Knowledge::builtin();
  for (const TimeoutFact& row : rows_of("timeouts").timeouts) {
    const TimeoutFact* found = knowledge.timeout(row.name);
    ASSERT_NE(found, nullptr) << row.name;
    EXPECT_EQ(found->name, row.name) << "not the canonical name";
    EXPECT_TRUE(row.value.empty() || !row.parameters.empty()) << row.name << " has a value for no parameter";
    EXPECT_FALSE(row.bound == Bound::minutes && row.usual.empty()) << row.name << " needs a figure";
  }
  for (const ScopeFact& row : rows_of("scopes").scopes) {
    if (row.form == ScopeFact::Form::word) continue;
    const ScopeFact* found = knowledge.timeout_scope(row.name);
    ASSERT_NE(found, nullptr) << row.name;
    EXPECT_EQ(found->name, row.name);
  }
}

std::string told(const AnalysisPtr& analysis) {
  std::string all;
  for (const Finding& f : findings(*analysis)) all += std::string(f.rule->code) + " " + f.message + "\n";
  return all;
}

// A client is made in one method and used in another: each edit of the first is seen by the second.
TEST(Timeouts, EditsOfTheConstructorReachTheRequests) {
  const std::string head =
      "import openai\n\n\nclass Bot:\n    def __init__(self):\n        self.client = openai.AsyncOpenAI(";
  const std::string tail =
      ")\n\n    async def ask(self):\n        return await self.client.embeddings.create(model='m', input='x')\n";
  MemoryProject project(std::map<std::string, std::string>{{"bot.py", head + tail}});
  EXPECT_NE(told(project.analyse("bot.py")).find("600 s"), std::string::npos);
  EXPECT_EQ(told(project.edit("bot.py", head + "timeout=5" + tail)), "");
  EXPECT_EQ(told(project.edit("bot.py", head + "max_retries=1, timeout=5" + tail)), "");
  EXPECT_NE(told(project.edit("bot.py", head + "max_retries=1" + tail)).find("600 s"), std::string::npos);
}

TEST(Timeouts, TheCursorGoesToTheNumber) {
  MemoryProject project(std::map<std::string, std::string>{
      {"a.py",
       "import aiohttp\n\n\nasync def f():\n    async with aiohttp.ClientSession() as s:\n"
       "        await s.get('http://x')\n"}});
  AnalysisPtr analysis = project.analyse("a.py");
  ASSERT_EQ(findings(*analysis).size(), 1u);
  const std::vector<Fix> fixes = fixes_for(*analysis, findings(*analysis)[0]);
  ASSERT_GE(fixes.size(), 2u);
  std::string text = document(*analysis).text();
  const auto& edits = fixes[0].files[0].edits;
  for (auto it = edits.rbegin(); it != edits.rend(); ++it)
    text.replace(it->range.start, it->range.end - it->range.start, it->text);
  EXPECT_EQ(text.substr(fixes[0].tab_stop.start, fixes[0].tab_stop.end - fixes[0].tab_stop.start), "10");
  EXPECT_NE(text.find("timeout=aiohttp.ClientTimeout(total=10)"), std::string::npos);
}

}  // namespace
}  // namespace awaitd::testing
