// The tables as text: they parse, are sorted, agree with one another and hold every fact the project was given.
#include "analysis/knowledge/knowledge.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "analysis/knowledge/coroutines.h"
#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

using Columns = std::vector<std::string>;

std::vector<Columns> read_facts(const std::string& file) {
  std::ifstream in(std::string(AWAITD_SOURCE_DIR) + "/tests/data/facts/" + file);
  std::vector<Columns> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    Columns columns;
    std::istringstream parts(line);
    for (std::string column; std::getline(parts, column, '\t');) columns.push_back(column);
    rows.push_back(columns);
  }
  return rows;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

Rows embedded_rows() {
  Rows rows;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    const std::string_view file = knowledge_files[i].name;
    if (is_in_place_table(file)) continue;
    for_each_line(knowledge_files[i].text, [&](int number, std::string_view line) {
      const std::string problem = read_row(rows, file.substr(0, file.find('.')), line, true);
      EXPECT_EQ(problem, "") << file << ":" << number;
    });
  }
  return rows;
}

const Knowledge& knowledge() { return *Knowledge::builtin(); }

How how_of(const std::string& word) {
  static const std::map<std::string, How> words = {
      {"call", How::call},   {"await", How::await},         {"enter", How::enter}, {"aenter", How::aenter},
      {"binop", How::binop}, {"attribute", How::attribute}, {"item", How::item},   {"decorator", How::decorator}};
  return words.at(word);
}

TEST(KnowledgeTables, EveryLineParses) {
  const Rows rows = embedded_rows();
  EXPECT_GT(rows.blocking.size(), 2000u);
  EXPECT_GT(rows.types.size(), 1000u);
  EXPECT_GT(rows.contexts.size(), 200u);
  EXPECT_GT(rows.aliases.size(), 50u);
}

TEST(KnowledgeTables, AreSortedByteByByteWithoutDuplicates) {
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    std::string_view last;
    for_each_line(knowledge_files[i].text, [&](int number, std::string_view line) {
      EXPECT_LT(last, line) << knowledge_files[i].name << ":" << number;
      last = line;
    });
  }
  const Rows rows = embedded_rows();
  std::set<std::string_view> names;
  for (const auto& row : rows.blocking) EXPECT_TRUE(names.insert(row.name).second) << "twice: " << row.name;
  names.clear();
  for (const auto& row : rows.contexts) EXPECT_TRUE(names.insert(row.name).second) << "twice: " << row.name;
  names.clear();
  for (const auto& row : rows.aliases) EXPECT_TRUE(names.insert(row.other).second) << "twice: " << row.other;
  std::set<std::tuple<std::string_view, How, int>> producers;
  for (const auto& row : rows.types)
    EXPECT_TRUE(producers.insert({row.producer, row.how, row.index}).second) << "twice: " << row.producer;
}

TEST(KnowledgeTables, UseCanonicalNames) {
  const auto expect_canonical = [](std::string_view name) { EXPECT_EQ(knowledge().canonical(name), name); };
  const Rows rows = embedded_rows();
  for (const auto& row : rows.blocking) expect_canonical(row.name);
  for (const auto& row : rows.contexts) expect_canonical(row.name);
  for (const auto& row : rows.aliases) expect_canonical(row.name);  // so aliases cannot form a chain or a ring
  for (const auto& row : rows.classes) expect_canonical(row.cls);
  for (const auto& row : rows.bases) {
    expect_canonical(row.cls);
    expect_canonical(row.base);
  }
  for (const auto& row : rows.types) {
    expect_canonical(row.producer);
    for (const std::string& one : split(std::string(row.result), '|')) expect_canonical(one);
  }
}

TEST(KnowledgeTables, BasesAreAcyclic) {
  for (const auto& row : embedded_rows().bases) {
    EXPECT_NE(row.cls, row.base);
    EXPECT_FALSE(knowledge().is_subclass(row.base, row.cls)) << row.cls << " and " << row.base << " form a ring";
  }
}

TEST(KnowledgeTables, KeepEveryBlockingFact) {
  const auto facts = read_facts("blocking.tsv");
  ASSERT_EQ(facts.size(), 774u);
  const std::map<std::string, Strength> strengths = {
      {"E", Strength::certain}, {"W", Strength::conditional}, {"I", Strength::small}};
  for (const Columns& row : facts) {
    const BlockingFact* fact = knowledge().fact(row[0]);
    ASSERT_NE(fact, nullptr) << row[0];
    EXPECT_EQ(fact->name, knowledge().canonical(row[0]));
    EXPECT_EQ(fact->strength, strengths.at(row[2])) << row[0];
    const bool direct = row[4].starts_with("direct");
    EXPECT_EQ(direct, fact->fix == FixKind::direct || fact->fix == FixKind::direct_api) << row[0];
    EXPECT_EQ(row[6] == "held" || row[6] == "version", fact->gil == Gil::held) << row[0];
  }
}

TEST(KnowledgeTables, KeepEveryTypeFact) {
  const auto facts = read_facts("types.tsv");
  ASSERT_GE(facts.size(), 140u);
  for (const Columns& row : facts) {
    bool found = false;
    for (const TypeFact* fact : knowledge().results(row[0], how_of(row[1])))
      for (const std::string& one : split(std::string(fact->result), '|'))
        found = found || one == row[2] || knowledge().is_subclass(one == "self" ? row[0] : one, row[2]);
    if (!found && row[1].ends_with("enter"))  // what the call gives is entered
      for (const TypeFact* made : knowledge().results(row[0], How::call))
        for (const std::string& one : split(std::string(made->result), '|'))
          found = found || (!knowledge().results(one, how_of(row[1])).empty() && knowledge().is_subclass(one, row[2]));
    EXPECT_TRUE(found) << row[0] << " " << row[1] << " " << row[2];
  }
}

TEST(KnowledgeTables, KeepEveryContextFact) {
  const auto facts = read_facts("contexts.tsv");
  ASSERT_EQ(facts.size(), 65u);
  for (const Columns& row : facts)
    for (const std::string& name : split(row[4], '|'))
      EXPECT_NE(knowledge().context(name), nullptr) << row[0] << ": " << name;
}

TEST(KnowledgeTables, ConditionsReadAsTheyAreWritten) {
  for (const BlockingFact& fact : knowledge().blocking_facts()) {
    std::size_t words = 0;
    for (const std::string& word : split(std::string(fact.unless), ' '))
      words += word != "lazy" && word != "setup" && word != "always" && word != "idle";
    EXPECT_EQ(conditions(fact.unless).size(), words) << fact.name;
  }
}

// A silent twin is the first thing a language server for async code must not confuse.
TEST(KnowledgeTables, NoAsyncClassReachesABlockingRow) {
  const Rows rows = embedded_rows();
  std::set<std::string> members;
  for (const auto& row : rows.blocking) members.insert(std::string(row.name.substr(row.name.rfind('.') + 1)));
  members.insert("some_method_nobody_lists");
  for (const ClassRow& row : rows.classes) {
    if (row.nature == "plain") continue;
    EXPECT_EQ(knowledge().blocking(row.cls), nullptr) << row.cls;
    for (const std::string& member : members) {
      const BlockingFact* fact = knowledge().blocking(std::string(row.cls) + "." + member);
      EXPECT_TRUE(fact == nullptr || fact->kind == BlockingKind::loop_bridge) << row.cls << "." << member;
    }
  }
}

TEST(KnowledgeTables, EveryResultTypeIsOfSomeUse) {
  const char* const words =
      "self|None|property|class|static|abstract|overload|contextmanager|\\$(class|inner|inners|pairs)|\\$(arg|instance|element|list|pairs|zipped|await|task|entered|awaited_entered|called|future)[01]";
  const Rows rows = embedded_rows();
  for (const auto& row : rows.types)
    for (const std::string& one : split(std::string(row.result), '|')) {
      if (one.find('.') == std::string::npos) {
        EXPECT_TRUE(std::regex_match(one, std::regex(words))) << one << " is neither a class nor a word of types.tsv";
        continue;
      }
      EXPECT_TRUE(knowledge().knows(one)) << one;
      bool has_use = false;
      for (const ClassRow& cls : rows.classes) has_use = has_use || cls.cls == one;
      std::vector<std::string> lineage{one};
      for (std::size_t i = 0; i < lineage.size(); ++i)
        for (const std::string_view base : knowledge().bases(lineage[i])) lineage.emplace_back(base);
      for (const std::string& cls : lineage) {
        const auto in = [&](std::string_view name) { return name.starts_with(cls + "."); };
        for (const auto& fact : rows.blocking) has_use = has_use || in(fact.name);
        for (const auto& fact : rows.contexts) has_use = has_use || in(fact.name) || fact.name == cls;
        for (const ClassRow& known : rows.classes) has_use = has_use || known.cls == cls;
        if (has_use) break;
      }
      EXPECT_TRUE(has_use) << "no row knows what to do with a " << one << "; mark it plain in classes.tsv";
    }
}

}  // namespace
}  // namespace awaitd::analysis
