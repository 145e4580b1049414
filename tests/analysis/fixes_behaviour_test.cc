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

}  // namespace
}  // namespace awaitd::testing
