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
