// Computing on the event loop through several files: sizes that travel as constants and arguments, and what an edit of
// them does to the callers.
#include <gtest/gtest.h>

#include "analysis/rules/rule.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

std::size_t count(const AnalysisPtr& analysis, std::string_view code) {
  std::size_t n = 0;
  for (const Finding& finding : findings(*analysis)) n += finding.rule->code == code ? 1 : 0;
  return n;
}

TEST(Cpu, ConstantsAndHelpersOfOtherModules) {
  expect({{"app/__init__.py", ""},
          {"app/settings.py", "ROWS = 2_000_000\nFEW = 20\nCHUNK = 1024 * 1024\n"},
          {"app/work.py", R"py(
from app import settings

def squares(n):
    return sum(i * i for i in range(n))

def default(n=settings.ROWS):
    return squares(n)

class Report:
    size = settings.CHUNK

    def build(self, scale=1):
        return [row * scale for row in range(self.size)]
)py"},
          {"app/main.py", R"py(
from app import settings, work
from app.settings import FEW, ROWS
from app.work import Report, default, squares

async def handler(report: Report, n):
    squares(ROWS)  # error: [AWD203] "about 100 ms"
    squares(settings.ROWS)  # error: [AWD203]
    work.squares(n=ROWS)  # error: [AWD203]
    squares(FEW)
    squares(n)
    default()  # error: [AWD203] "`default()` -> `squares()`"
    default(FEW)
    report.build()  # error: [AWD203] "runs a comprehension over `range(self.size)` 1,048,576 times"
    for i in range(settings.CHUNK):  # error: [AWD202]
        print(i)
    for i in range(FEW):
        print(i)
)py"}});
}

TEST(Cpu, WhatOtherModulesHandToACoroutine) {
  expect({{"app/__init__.py", ""},
          {"app/work.py", R"py(
async def count(n, step=1):
    for i in range(n * step):  # error: [AWD202] "about 300 ms (3,000,000 rounds, as `handler()` calls it)"
        print(i)

async def few(n):
    for i in range(n):
        print(i)

async def tested(n):
    for i in range(n):
        print(i)

async def started(n):
    for i in range(n):
        print(i)
)py"},
          {"app/main.py", R"py(
import asyncio
from app import work
from app.work import few

async def handler(request):
    await work.count(1_000_000, step=3)
    await work.count(10)
    await few(len(request))
    await few(12)

async def other(few):
    await few(10_000_000)

asyncio.run(work.started(10_000_000))
)py"},
          {"tests/test_work.py", R"py(
from app.work import tested

async def test_it():
    await tested(10_000_000)
)py"}});
}

TEST(Cpu, ABenchmarkMayTakeItsTime) {
  expect({{"bench/__init__.py", ""},
          {"bench/rounds.py", R"py(
async def measure():
    for i in range(10_000_000):  # error: [AWD202 info]
        print(i)
)py"},
          {"benches.py", R"py(
async def measure():
    for i in range(10_000_000):  # error: [AWD202]
        print(i)
)py"}});
}

TEST(Cpu, WhatRunsElsewhereIsSilent) {
  expect({{"app/__init__.py", ""},
          {"app/work.py", R"py(
import bcrypt

def check(password, known):
    return bcrypt.checkpw(password, known)

def lazy():
    return (i * i for i in range(10_000_000))

def rows():
    for i in range(10_000_000):
        yield i

async def other():
    for i in range(10):
        print(i)
)py"},
          {"app/main.py", R"py(
import asyncio
from app.work import check, lazy, other, rows

async def handler(password, known):
    await asyncio.to_thread(check, password, known)
    lazy()
    rows()
    await other()
    return check, [check]

def plain(password, known):
    return check(password, known)
)py"}});
}

TEST(Cpu, AnEditOfASizeReachesItsCallers) {
  const std::string head = "import asyncio\n\n\ndef work(n):\n    total = 0\n    for i in range(",
                    middle = "):\n        total += i\n    return total\n\n\n",
                    tail = "async def handler():\n    work(3_000_000)\n";
  MemoryProject project({{"main.py", head + "10" + middle + tail}});
  EXPECT_EQ(count(project.analyse("main.py"), "AWD203"), 0u);
  EXPECT_EQ(count(project.edit("main.py", head + "n" + middle + tail), "AWD203"), 1u);
  EXPECT_EQ(count(project.edit("main.py", head + "n" + middle + "async def handler():\n    work(300)\n"), "AWD203"),
            0u);
  EXPECT_EQ(
      count(project.edit("main.py", head + "5_000_000" + middle + "async def handler():\n    work(300)\n"), "AWD203"),
      1u);
}

TEST(Cpu, HelpersThatCallEachOtherComeToAnEnd) {
  expect({{"main.py", R"py(
def even(n):
    for i in range(n):
        odd(n - 1)

def odd(n):
    for i in range(n):
        even(n - 1)

async def handler():
    even(100_000)  # error: [AWD203]
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
