// Incremental == fresh: after any edits every unit, node, place and flag is what a fresh parse gives.
#include <gtest/gtest.h>

#include <random>

#include "analysis/syntax/parse.h"
#include "tests/analysis/syntax/python_files.h"
#include "tests/analysis/syntax/syntax_text.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::analysis {
namespace {

// Edits a document as a session does: each chunk is parsed with what stood in its place before.
class Session {
 public:
  explicit Session(const std::string& text) : text_(text), document_(text) { reparse(document_, 0); }

  void edit(const RandomEdit& edit) {
    text_.replace(edit.start, edit.end - edit.start, edit.replacement);
    const Document next = document_.edited(edit.start, edit.end, edit.replacement);
    reparse(next, document_.chunk_at(edit.start));
  }

  void expect_fresh() {
    for (std::size_t i = 0; i < row_.size(); ++i) {
      ASSERT_EQ(problems(*row_[i]), "");
      if (!changed_[i]) continue;
      const auto fresh = fresh_.parse(document_.chunks()[i], nullptr, {});
      ASSERT_EQ(everything(*row_[i]), everything(*fresh)) << document_.chunks()[i]->text;
    }
  }

  const std::string& text() const { return text_; }
  // True if all that the last edit made the parser do was one function.
  bool parsed_a_function() const {
    unsigned chunks = 0, units = 0, trees = 0;
    for (std::size_t i = 0; i < row_.size(); ++i) {
      if (!changed_[i]) continue;
      ++chunks;
      units += row_[i]->work.flattened;
      trees += row_[i]->tree != nullptr;
    }
    return chunks == 1 && units == 1 && trees == 0;
  }

 private:
  void reparse(const Document& next, std::size_t edited) {
    std::vector<ChunkSyntaxPtr> row;
    changed_.assign(next.chunks().size(), false);
    for (std::size_t i = 0; i < next.chunks().size(); ++i) {
      ChunkSyntaxPtr old;
      for (const ChunkSyntaxPtr& syntax : row_) {
        if (syntax->chunk == next.chunks()[i]) old = syntax;
      }
      if (!old) changed_[i] = true;
      if (!old && !row_.empty()) old = row_[std::min(edited, row_.size() - 1)];
      row.push_back(parser_.parse(next.chunks()[i], old, {}));
    }
    row_ = std::move(row);
    document_ = next;
  }

  std::string text_;
  Document document_;
  Parser parser_, fresh_;
  std::vector<ChunkSyntaxPtr> row_;
  std::vector<bool> changed_;
};

TEST(Incremental, EqualsFreshOnRandomModules) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    Session session(random_module(random, 5 + random() % 40));
    for (int i = 0; i < 40; ++i) {
      session.edit(random_edit(session.text(), random));
      session.expect_fresh();
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Incremental, EqualsFreshOnRealFiles) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto files = python_files(standard_library());
  if (files.empty()) GTEST_SKIP() << "no python3 here";
  for (int round = 0; round < 40; ++round) {
    const std::string text = read_file(files[random() % files.size()]);
    if (text.size() > 60000) continue;
    Session session(text);
    for (int i = 0; i < 12; ++i) {
      session.edit(random_edit(session.text(), random));
      session.expect_fresh();
      if (HasFatalFailure()) return;
    }
  }
}

// Lines that parse in many places, at indentations around the one that is expected: what an edit inside a function can
// do to what follows it.
std::string random_line(const std::string& before, std::mt19937& random) {
  static const char* const kLines[] = {"# a comment",
                                       "x = 1  # why",
                                       "pass",
                                       "if x: pass",
                                       "if x:\n  y",
                                       "else: pass",
                                       "x = \"\"\"a\n  # b\n\"\"\"",
                                       "x = (1,\n# c\n2)",
                                       "@d",
                                       "def g(): pass",
                                       "x = 1 \\",
                                       "return 1;",
                                       "   ",
                                       "except E: pass",
                                       "class C:\n  z = 1",
                                       "async def h(): await x",
                                       "\f",
                                       "x\r"};
  const std::size_t start = before.rfind('\n') + 1;
  std::string indent(before.begin() + start,
                     before.begin() + std::min(before.find_first_not_of(" \t", start), before.size()));
  switch (random() % 6) {
    case 0:
      indent += "    ";
      break;
    case 1:
      indent = indent.substr(0, indent.size() / 2);
      break;
    case 2:
      indent += ' ';
      break;
    case 3:
      indent = "\t";
      break;
    default:
      break;
  }
  return "\n" + indent + kLines[random() % std::size(kLines)];
}

TEST(Incremental, EqualsFreshOnLinesInsideFunctions) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const auto files = python_files(standard_library());
  if (files.empty()) GTEST_SKIP() << "no python3 here";
  unsigned alone = 0;
  for (int round = 0; round < 60; ++round) {
    const std::string text = read_file(files[random() % files.size()]);
    if (text.size() > 60000 || text.empty()) continue;
    Session session(text);
    for (int i = 0; i < 12; ++i) {
      const auto at =
          static_cast<std::uint32_t>(std::min(session.text().find('\n', random() % text.size()), text.size()));
      const std::string line = random_line(session.text().substr(0, at), random);
      session.edit({at, at, line});
      session.expect_fresh();
      alone += session.parsed_a_function();
      session.edit({at, at + static_cast<std::uint32_t>(line.size()), ""});
      session.expect_fresh();
      alone += session.parsed_a_function();
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(alone, 100u) << "functions of classes are parsed alone";
}

// Every prefix of a typed text.
TEST(Incremental, EqualsFreshAtEveryKeystroke) {
  for (const std::string& sample : samples()) {
    Session session("import a\n\n\ndef before(): pass\n\n\n\n\nclass After:\n    def f(self): pass\n");
    std::uint32_t at = 30;
    for (char c : sample) {
      session.edit({at, at, std::string(1, c)});
      session.expect_fresh();
      if (HasFatalFailure()) return;
      ++at;
    }
  }
}

}  // namespace
}  // namespace awaitd::analysis
