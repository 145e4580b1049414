// What is read, and what an edit makes anew.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

TEST(Project, OnlyWhatIsReachedIsRead) {
  MemoryProject project({{"a/__init__.py", ""},
                         {"a/used.py", "def f():\n    pass\n"},
                         {"a/unused.py", "import time\n"},
                         {"main.py", "from a.used import f\nimport a.unused\nasync def main():\n    f()\n"}});
  project.analyse("main.py");
  for (const std::string& path : project.files->read_paths) EXPECT_NE(path, "/p/a/unused.py");
  EXPECT_EQ(project.project->counters().loaded, 1u);
}

TEST(Project, DependentsAreOutdatedOnlyByWhatTheyCanSee) {
  const std::string quiet = "def f():\n    x = 1\n    return x\n",
                    moved = "\n\ndef f():\n    x = 1  # more\n    return x\n";
  const std::string slow = "import time\ndef f():\n    time.sleep(1)\n";
  MemoryProject project({{"helper.py", quiet}, {"main.py", "import helper\nasync def main():\n    helper.f()\n"}});
  project.edit("helper.py", quiet);
  AnalysisPtr main = project.analyse("main.py");
  EXPECT_TRUE(findings(*main).empty());
  project.edit("helper.py", moved);
  EXPECT_FALSE(outdated(*main));
  EXPECT_EQ(project.project->counters().replaced, 0u);
  project.edit("helper.py", slow);
  EXPECT_TRUE(outdated(*main));
  main = project.analyse("main.py");
  ASSERT_EQ(findings(*main).size(), 1u);
  project.edit("helper.py", quiet);
  main = project.analyse("main.py");
  EXPECT_TRUE(findings(*main).empty());
}

// Of a dependent, only what has to do with the edit is checked again: here behind a third module.
TEST(Project, OnlyWhatMentionsWhatChangedIsCheckedAgain) {
  const std::string head = "import time\n\n\ndef load():\n    ", tail = "\n\n\ndef other(x):\n    return x\n";
  std::string main = "import helper\nfrom between import through\n\n\nasync def main():\n    through()\n";
  for (int i = 0; i < 20; ++i) main += "\n\nasync def step" + std::to_string(i) + "():\n    helper.other(1)\n";
  MemoryProject project({{"helper.py", head + "return 1" + tail},
                         {"between.py", "import helper\n\n\ndef through():\n    helper.load()\n"},
                         {"main.py", main}});
  project.edit("helper.py", head + "return 1" + tail);
  EXPECT_TRUE(findings(*project.analyse("main.py")).empty());
  project.edit("helper.py", head + "time.sleep(1)" + tail);
  AnalysisPtr slow = project.analyse("main.py");
  EXPECT_EQ(findings(*slow).size(), 1u);
  EXPECT_LE(work(*slow).units_checked, 2u);  // main() and the module's own code, which imports it
  EXPECT_FALSE(outdated(*slow));
  project.edit("helper.py", head + "return 1" + tail);
  AnalysisPtr quiet = project.analyse("main.py");
  EXPECT_TRUE(findings(*quiet).empty());
  EXPECT_LE(work(*quiet).units_checked, 2u);
}

TEST(Project, AnEditInAHelperReachesItsCallersInTheFile) {
  const std::string head = "import time\ndef f():\n    ", tail = "\nasync def main():\n    f()\n";
  MemoryProject project({{"main.py", head + "pass" + tail}});
  EXPECT_TRUE(findings(*project.analyse("main.py")).empty());
  EXPECT_EQ(findings(*project.edit("main.py", head + "time.sleep(1)" + tail)).size(), 1u);
  AnalysisPtr quiet = project.edit("main.py", head + "time.sleeq(1)" + tail);
  EXPECT_TRUE(findings(*quiet).empty());
  AnalysisPtr same = project.edit("main.py", head + "time.sleeqq(1)" + tail);
  EXPECT_LE(work(*same).units_checked, 1u);
}

}  // namespace
}  // namespace awaitd::testing
