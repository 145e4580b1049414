// The tables of a module that were renewed edit by edit say the same as tables built from its text.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <regex>

#include "analysis/engine.h"
#include "analysis/link/module_index.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

constexpr const char* kModule = R"py(import os
from asyncio import sleep

LIMIT = 3
if os.name == "nt":
    LIMIT = 4

class Base:
    size: int = 0
    class Inner:
        depth = 1
    def __init__(self, other):
        self.other = other
        other.owner = self
    @property
    def name(self):
        return self.other

class Job(Base):
    size = LIMIT
    async def run(self):
        self.result = await sleep(1)
        global LIMIT
        LIMIT = 5

def build(job):
    class Local:
        def __init__(self):
            self.inner = job
    job.owner = Local()
    return job

class Late(Job):
    def run(self):
        self.size = build(self)
)py";

void print(std::string& out, const std::string& name, const std::vector<Member>& row) {
  out += "  " + name + ":";
  for (const Member& m : row) {
    out += " " + std::to_string(m.unit) + "/" + std::to_string(m.function) + "/" + std::to_string(m.term) +
           (m.instance ? "i" : "");
  }
  out += "\n";
}

std::string text_of(const NameTables& tables) {
  std::string out;
  for (std::size_t c = 0; c < tables.classes.size(); ++c) {
    const IndexedClass& cls = tables.classes[c];
    out += cls.qualname + " " + std::to_string(cls.unit) + " " + std::to_string(cls.id) + "\n";
    for (const auto& [name, row] : std::map(cls.members.begin(), cls.members.end())) print(out, name, row);
  }
  std::map<std::string, std::vector<Member>> globals;
  tables.globals.each([&](const std::string& name, const std::vector<Member>& row) { globals[name] = row; });
  for (const auto& [name, row] : globals) print(out, name, row);
  std::map<std::string, std::string> outside;
  tables.outside.each([&](const std::string& name, const std::vector<OutsideStore>& row) {
    for (const OutsideStore& s : row) outside[name] += std::to_string(s.unit) + "/" + std::to_string(s.object) + " ";
  });
  for (const auto& [name, row] : outside) out += name + " = " + row + "\n";
  for (const std::string& name : tables.imported) out += "import " + name + "\n";
  for (const StarImport& star : tables.stars) out += "star " + star.module + " " + std::to_string(star.unit) + "\n";
  return out;
}

class Tables : public ::testing::Test {
 protected:
  void edit(std::size_t start, std::size_t end, const std::string& text) {
    document = document.edited(static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end), text);
    now = analyse(document, file, now, options, parser, {});
    const AnalysisPtr fresh = analyse(document, file, nullptr, options, parser, {});
    const auto renewed = module_index(*now), built = module_index(*fresh);
    ASSERT_EQ(text_of(*renewed->tables), text_of(*built->tables)) << document.text();
    ASSERT_EQ(renewed->units.size(), built->units.size());
    for (std::size_t u = 0; u < built->units.size(); ++u) {
      ASSERT_EQ(renewed->units[u].start, built->units[u].start) << u;
      ASSERT_EQ(renewed->units[u].cls, built->units[u].cls) << u;
      ASSERT_EQ(renewed->units[u].first_class, built->units[u].first_class) << u;
      ASSERT_EQ(renewed->units[u].to_document(9), built->units[u].to_document(9)) << u;
    }
  }
  std::shared_ptr<Options> options = std::make_shared<Options>();
  SourceFile file{"app"};
  Parser parser;
  Document document{kModule};
  AnalysisPtr now = analyse(document, file, nullptr, options, parser, {});
};

TEST_F(Tables, AreSharedWhereNothingChanged) {
  const auto before = module_index(*now);
  const std::size_t at = document.text().find("self.result");
  edit(at + 5, at + 11, "answer");
  const auto after = module_index(*now);
  EXPECT_EQ(&before->tables->classes[0], &after->tables->classes[0]);  // Base
  EXPECT_NE(&before->tables->classes[2], &after->tables->classes[2]);  // Job
  EXPECT_TRUE(after->tables->classes[2].members.contains("answer"));
  EXPECT_FALSE(after->tables->classes[2].members.contains("result"));
}

// Names and lines, in and out: what typing does.
TEST_F(Tables, RenewedAsBuilt) {
  const std::uint32_t seed = random_seed();
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const std::regex word("[A-Za-z_]+");
  for (int step = 0; step < 150 && !HasFatalFailure(); ++step) {
    const std::string text(document.text());
    std::vector<std::pair<std::size_t, std::size_t>> words;
    for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) {
      words.emplace_back(it->position(), it->position() + it->length());
    }
    const auto [start, end] = words[random() % words.size()];
    const auto [from, to] = words[random() % words.size()];
    switch (random() % 4) {
      case 0:
        edit(end, end, "x");
        break;
      case 1:
        edit(start, end, text.substr(from, to - from));
        break;
      case 2:
        edit(start, start, "self.");
        break;
      default: {
        const std::size_t line = text.rfind('\n', start) == std::string::npos ? 0 : text.rfind('\n', start) + 1;
        const std::size_t next = text.find('\n', start) == std::string::npos ? text.size() : text.find('\n', start) + 1;
        random() % 2 == 0 && words.size() > 40 ? edit(line, next, "")
                                               : edit(next, next, text.substr(line, next - line));
      }
    }
  }
}

}  // namespace
}  // namespace awaitd::testing
