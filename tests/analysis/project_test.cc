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
  const std::string quiet = "def f():\n    x = 1\n    return x\n", moved = "\n\ndef f():\n    x = 1  # more\n    return x\n";
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
