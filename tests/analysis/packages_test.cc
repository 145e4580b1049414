// Calls into installed packages that no table knows: followed if asked for, within a budget, and never trusted.
#include <gtest/gtest.h>

#include "analysis/rules/rule.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;
using Texts = std::map<std::string, std::string>;

const Texts kKit = {
    {"kit/__init__.py", "from ._io import fetch, quick, Store\nfrom .deep import deep\n"},
    {"kit/_io.py", R"py(
import time
import requests
import logging
import importlib

def fetch(url):
    return _get(url)

def _get(url):
    return requests.get(url, timeout=5)

def quick(x):
    logging.getLogger(__name__).info("x %s", x)
    importlib.import_module("kit.deep")
    return x + 1

class Store:
    def __init__(self, path):
        self.path = path

    def __del__(self):
        time.sleep(1)

    def load(self):
        with open(self.path) as f:
            return f.read()

    def size(self):
        return len(self.path)

    async def refresh(self):
        pass
)py"},
    {"kit/deep.py", "from . import _io\n\ndef deep(url):\n    return _io.fetch(url)\n"},
};

const Finding* only(const AnalysisPtr& analysis) {
  return findings(*analysis).size() == 1 ? findings(*analysis).data() : nullptr;
}

TEST(Packages, AreLookedIntoIfAskedFor) {
  const std::string main = R"py(
import kit
from kit import Store, deep, fetch, quick

async def main():
    fetch("u")  # error: [AWD110 probable] "_get()"
    kit.fetch("u")  # error: [AWD110 probable]
    deep("u")  # error: [AWD110 probable] "fetch()"
    quick(1)
    store = Store("p")
    store.size()
    del store

async def load(store: Store):
    store.load()  # error: [AWD110 probable] "open"
    store.size()
    await store.refresh()
    store.__del__()
)py";
  MemoryProject project(Texts{{"main.py", main}});
  EXPECT_TRUE(findings(*project.analyse("main.py")).empty());  // only if asked for
  MemoryProject asked(Texts{{"main.py", main}});
  asked.install(kKit);
  EXPECT_EQ(asked.mismatches(), "");
}

// What the project's own functions reach in a package, and the chain with every step's place.
TEST(Packages, TheChainLeadsIntoThem) {
  MemoryProject project(Texts{{"helper.py", "import kit\ndef pull():\n    return kit.deep('u')\n"},
                         {"main.py", "from helper import pull\nasync def main():\n    pull()\n"}});
  project.install(kKit);
  const AnalysisPtr main = project.analyse("main.py");
  const Finding* finding = only(main);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->rule->code, "AWD110");
  EXPECT_EQ(finding->confidence, Confidence::probable);
  std::vector<std::string> files;
  for (const Note& note : finding->notes) files.push_back(note.file);
  const std::vector<std::string> expected{"/p/helper.py", "/site/kit/deep.py", "/site/kit/_io.py", "/site/kit/_io.py"};
  EXPECT_EQ(files, expected);
}

// A project's class below a package's: its own methods count, and what it overrides is not the package's any more.
TEST(Packages, BaseClasses) {
  MemoryProject project(Texts{{"main.py", R"py(
from kit import Store

class Mine(Store):
    pass

class Quiet(Store):
    def load(self):
        return ""

async def main(mine: Mine, quiet: Quiet):
    mine.load()  # error: [AWD110 probable]
    quiet.load()
    mine.size()
)py"}});
  project.install(kKit);
  EXPECT_EQ(project.mismatches(), "");
}

// What comes out of a package is probable too, whatever it is.
TEST(Packages, WhatTheyGive) {
  MemoryProject project(Texts{{"main.py", R"py(
import kit2

async def main():
    kit2.session().get("u")  # error: [AWD102 probable]
    (await kit2.connect()).get("u")  # error: [AWD102 probable]
    kit2.path.read_text()  # error: [AWD104 probable]
    str(kit2.path)
)py"}});
  project.install({{"kit2.py", R"py(
import requests
from pathlib import Path

path = Path("x")

def session() -> requests.Session:
    return requests.Session()

async def connect() -> requests.Session:
    return requests.Session()
)py"}});
  EXPECT_EQ(project.mismatches(), "");
}

TEST(Packages, WhatTablesKnowIsNotFollowed) {
  MemoryProject project(Texts{{"main.py", R"py(
import httpx
import logging
import json

async def main(client: httpx.AsyncClient):
    await client.get("u")
    logging.warning("x")
    json.loads("{}")
    httpx.helper()
)py"}});
  const std::string slow = "import time\ndef helper():\n    time.sleep(1)\nwarning = loads = helper\n";
  project.install({{"httpx/__init__.py", slow}, {"logging/__init__.py", slow}, {"json.py", slow}});
  project.analyse("main.py");
  EXPECT_EQ(project.packages->counters().loaded, 0u);
}

// Source beside stubs is what runs; stubs alone say what things are, also those of a package beside it (PEP 561).
TEST(Packages, Stubs) {
  MemoryProject project(Texts{{"main.py", R"py(
import both
import fast
import plain

async def main():
    both.work()  # error: [AWD110 probable]
    fast.where().read_text()  # error: [AWD104 probable]
    fast.work()
    plain.where().read_text()  # error: [AWD104 probable]
)py"}});
  const std::string stub = "from pathlib import Path\ndef where() -> Path: ...\ndef work() -> None: ...\n";
  project.install({{"both/__init__.py", "import time\ndef work():\n    time.sleep(1)\n"},
                   {"both/__init__.pyi", stub},
                   {"fast/__init__.pyi", stub},
                   {"fast/fast.so", ""},
                   {"plain-stubs/__init__.pyi", stub}});
  EXPECT_EQ(project.mismatches(), "");
}

// Namespace packages, a folder that only has a package's name, and the project's own copy of one.
TEST(Packages, TheProjectComesFirst) {
  const std::string slow = "import time\ndef work():\n    time.sleep(1)\n", quick = "def work():\n    pass\n";
  MemoryProject project(Texts{{"main.py", R"py(
from cloud.store import work as store
from own.inner import work as inner
from own.missing import work as missing
from scripts import work as scripts

async def main():
    store()  # error: [AWD110 probable]
    inner()
    missing()
    scripts()  # error: [AWD110 probable]
)py"},
                              {"own/__init__.py", ""},
                              {"own/inner.py", quick},
                              {"scripts/run.sh", ""}});
  project.install({{"cloud/store/__init__.py", slow},
                   {"own/__init__.py", ""},
                   {"own/inner.py", slow},
                   {"own/missing.py", slow},
                   {"scripts/__init__.py", slow}});
  EXPECT_EQ(project.mismatches(), "");
}

// Files near the top of a package come first, those behind the budget's end are as good as not there.
TEST(Packages, BudgetOfFilesAndBytes) {
  const std::string slow = "import time\ndef work():\n    time.sleep(1)\n";
  const Texts files = {
      {"big/__init__.py", "from .a import work as a\nfrom .b import work as b\nfrom .in_.c import work as c\n"},
      {"big/a.py", slow},
      {"big/b.py", slow},
      {"big/in_/__init__.py", ""},
      {"big/in_/c.py", slow},
      {"big/tests/__init__.py", slow}};
  const std::string main = "import big\nasync def main():\n    big.a()\n    big.b()\n    big.c()\n";
  const auto found = [&](PackageBudget budget, unsigned loaded, unsigned left_out) {
    MemoryProject project(Texts{{"main.py", main}});
    project.install(files, budget);
    const std::size_t count = findings(*project.analyse("main.py")).size();
    EXPECT_EQ(project.packages->counters().loaded, loaded);
    EXPECT_EQ(project.packages->counters().left_out, left_out);
    std::size_t bytes = 0;
    for (const std::string& path : project.files->read_paths) {
      bytes += path.starts_with("/site/") ? project.files->texts[path].size() : 0;
    }
    EXPECT_EQ(project.packages->counters().bytes, bytes);
    return count;
  };
  EXPECT_EQ(found({}, 4, 0), 3u);
  EXPECT_EQ(found({.files = 3}, 3, 1), 2u);
  EXPECT_EQ(found({.files = 2}, 2, 2), 1u);
  EXPECT_EQ(found({.files = 0}, 0, 1), 0u);
  EXPECT_EQ(found({.bytes = files.at("big/__init__.py").size() + slow.size()}, 2, 2), 1u);
  EXPECT_EQ(found({.file_bytes = slow.size() - 1}, 0, 1), 0u);
}

// Only what is reached is read, and that once, whoever asks and however often.
TEST(Packages, AreReadOnDemandAndOnce) {
  MemoryProject project(Texts{{"a.py", "import kit\nasync def main():\n    kit.fetch('u')\n"},
                         {"b.py", "import kit\nasync def main():\n    kit.fetch('u')\n"},
                         {"c.py", "import kit\n\ndef f():\n    return 1\n"}});
  project.install(kKit);
  project.analyse("c.py");
  EXPECT_EQ(project.packages->counters().loaded, 0u);
  project.analyse("a.py");
  EXPECT_EQ(project.packages->counters().loaded, 2u);  // not deep.py
  project.analyse("b.py");
  for (const char* text :
       {"import kit\nasync def main():\n    kit.fetch('v')\n", "import kit\nasync def main(x):\n    kit.fetch('v')\n",
        "import kit\nasync def main(x, y): pass\n", "import kit\nasync def main(x, y):\n    kit.fetch(x)\n"}) {
    const AnalysisPtr now = project.edit("a.py", text);
    EXPECT_EQ(findings(*now).size(), std::string(text).find("fetch") == std::string::npos ? 0u : 1u) << text;
  }
  EXPECT_EQ(project.packages->counters().loaded, 2u);
}

// A package's callback runs what the project gives it, but says nothing of the package to others; its abstract methods
// are not looked for in the project.
TEST(Packages, SeeNothingOfTheProject) {
  MemoryProject project(Texts{{"main.py", R"py(
import time
from frame import Base, Runner, run

class Mine(Base):
    def handle(self):
        time.sleep(1)

def slow():
    time.sleep(1)

async def main(runner: Runner, base: Base):
    run(slow)
    runner.go()
    base.serve()

def make():
    return Runner(slow)
)py"}});
  project.install({{"frame.py", R"py(
import abc

def run(f):
    return f()

class Runner:
    def __init__(self, work):
        self.work = work

    def go(self):
        self.work()

class Base(abc.ABC):
    @abc.abstractmethod
    def handle(self): ...

    def serve(self):
        self.handle()
)py"}});
  EXPECT_EQ(project.mismatches(), "");
}

// Packages are nobody's to change: nothing that would edit them is offered.
TEST(Packages, NoFixTouchesThem) {
  MemoryProject project(Texts{{"main.py", "import kit\nasync def main():\n    kit.fetch('u')\n"}});
  project.install(kKit);
  const AnalysisPtr main = project.analyse("main.py");
  const Finding* finding = only(main);
  ASSERT_NE(finding, nullptr);
  for (const Fix& fix : fixes_for(*main, *finding)) {
    for (const FileEdits& edits : fix.files) EXPECT_EQ(edits.file, "") << fix.title;
  }
}

}  // namespace
}  // namespace awaitd::testing
