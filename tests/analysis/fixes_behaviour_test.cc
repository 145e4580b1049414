// A program does the same before and after its fixes: tests/data/programs/*.py run in Python with and without them.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/engine.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

// The n-th fix of every finding, or its last one but "Silence", until nothing is left to fix.
std::string fixed_by(std::string text, std::size_t which, int minor) {
  auto options = std::make_shared<Options>();
  options->target.minor = minor;
  Parser parser;
  for (int round = 0; round < 200; ++round) {
    AnalysisPtr now = analyse(Document(text), SourceFile("program"), nullptr, options, parser, {});
    bool changed = false;
    for (const Finding& finding : findings(*now)) {
      std::vector<Fix> fixes = fixes_for(*now, finding);
      if (fixes.size() < 2) continue;
      text = testing::apply(text, fixes[std::min(which, fixes.size() - 2)].files.at(0).edits);
      changed = true;
      break;
    }
    if (!changed) return text;
  }
  ADD_FAILURE() << "the fixes do not come to an end:\n" << text;
  return text;
}

std::string output_of(const std::string& program) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "awaitd-fixes-XXXXXX").string();
  fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "program.py") << program;
  fs::create_directory(folder / "work");
  std::string command = "python3 " + (folder / "program.py").string() + " " + (folder / "work").string() + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c = pipe == nullptr ? EOF : fgetc(pipe); c != EOF; c = fgetc(pipe)) out += static_cast<char>(c);
  if (pipe != nullptr) out += "exit " + std::to_string(pclose(pipe)) + "\n";
  fs::remove_all(folder);
  return out;
}

TEST(FixBehaviour, TheFixedProgramPrintsTheSame) {
  std::ifstream in(std::string(AWAITD_SOURCE_DIR) + "/tests/data/programs/blocking.py");
  std::ostringstream text;
  text << in.rdbuf();
  std::string before = output_of(text.str());
  ASSERT_EQ(before.substr(before.rfind("exit")), "exit 0\n") << before;
  for (auto [which, minor] : {std::pair<std::size_t, int>{0, 11}, {1, 11}, {9, 11}, {0, 8}, {9, 8}}) {
    std::string program = fixed_by(text.str(), which, minor);
    EXPECT_NE(program, text.str());
    EXPECT_EQ(output_of(program), before) << program;
  }
}

// Two tasks at once: what the one stores, the other must not lose.
TEST(FixBehaviour, TheLostUpdateIsGone) {
  if (std::system("python3 -c 'import asyncio' 2>/dev/null") != 0) GTEST_SKIP() << "no python3";
  const std::string program = R"(import asyncio


class Bank:
    def __init__(self):
        self.balance = 0
        self.total = 0
        self.conn = None
        self.opened = 0

    async def price(self):
        await asyncio.sleep(0.01)
        return 1

    async def open(self):
        self.opened += 1
        await asyncio.sleep(0.01)
        return object()

    async def deposit(self):
        self.balance += await self.price()

    async def add(self):
        total = self.total
        await asyncio.sleep(0.01)
        self.total = total + 1

    async def connect(self):
        if self.conn is None:
            self.conn = await self.open()


async def main():
    bank = Bank()
    for work in (bank.deposit, bank.add, bank.connect):
        await asyncio.gather(*[work() for _ in range(5)])
    print(bank.balance, bank.total, bank.opened)


asyncio.run(main())
)";
  EXPECT_EQ(output_of(program), "1 1 5\nexit 0\n");
  std::string fixed = fixed_by(program, 0, 11);
  EXPECT_EQ(output_of(fixed), "5 5 1\nexit 0\n") << fixed;
}

}  // namespace
}  // namespace awaitd::testing
