// "Make f() async": one edit over all files that a sync helper's callers stand in, or none at all.
#include <gtest/gtest.h>

#include "analysis/fixes/pieces.h"
#include "analysis/project_fixes.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/memory_project.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;
using Texts = std::map<std::string, std::string>;

std::optional<Fix> offered(const Analysis& analysis, const std::string& code) {
  for (const Finding& finding : findings(analysis)) {
    if (finding.rule->code != code) continue;
    for (Fix& fix : project_fixes_for(analysis, finding).fixes) {
      if (fix.title.rfind("Make ", 0) == 0) return std::move(fix);
    }
    return std::nullopt;
  }
  ADD_FAILURE() << "no " << code;
  return std::nullopt;
}

// The title of what is offered at the first finding of a file, "" if nothing is.
std::string title(const Texts& files, const std::string& file, const std::string& code = "AWD110") {
  MemoryProject project(files);
  const auto fix = offered(*project.analyse(file), code);
  return fix ? fix->title : "";
}

// The files after the fix that is offered at the first finding of `file`; only those that it changes. Analysed again,
// there is no finding of these families left: what blocks, loops in loops, coroutines nobody awaits.
Texts made_async(Texts files, const std::string& file, const std::string& code = "AWD110") {
  MemoryProject project(files);
  const auto fix = offered(*project.analyse(file), code);
  if (!fix) return {{"", "not offered"}};
  EXPECT_EQ(fix->safety, Safety::suggested);
  EXPECT_FALSE(fix->preferred);
  Texts changed;
  for (const FileEdits& edits : fix->files) {
    const std::string path = edits.file.empty() ? file : edits.file.substr(3);
    changed[path] = files[path] = testing::apply(files[path], edits.edits);
  }
  MemoryProject after(files);
  for (const auto& [path, text] : files) {
    const AnalysisPtr analysis = after.analyse(path);
    for (const Finding& f : findings(*analysis)) {
      const char family = f.rule->code[3];
      EXPECT_FALSE(family == '1' || family == '5' || family == '8') << path << ": " << describe(f, document(*analysis));
    }
  }
  return changed;
}

TEST(MakeAsync, TheHelperAndTheCallInOneFile) {
  EXPECT_EQ(made_async({{"main.py", R"py(import asyncio
import time


def pause(seconds):
    time.sleep(seconds)
    return seconds


async def main():
    return pause(1) + 1


async def other(items):
    return [pause(item).bit_length() for item in items]
)py"}},
                       "main.py"),
            (Texts{{"main.py", R"py(import asyncio
import time


async def pause(seconds):
    await asyncio.sleep(seconds)
    return seconds


async def main():
    return await pause(1) + 1


async def other(items):
    return [(await pause(item)).bit_length() for item in items]
)py"}}));
}

const std::string kRead = R"py(from pathlib import Path


def read(path: Path):
    return path.read_text()
)py";

const std::string kReadAfter = R"py(import asyncio
from pathlib import Path


async def read(path: Path):
    return await asyncio.to_thread(path.read_text)
)py";

TEST(MakeAsync, AChainOfThreeOverThreeFiles) {
  const Texts files{{"m/__init__.py", ""},
                    {"m/disk.py", kRead},
                    {"m/config.py",
                     "from pathlib import Path\nfrom .disk import read as fetch\n\n\n"
                     "def parse(name: str):\n    return fetch(Path(name)).split()\n\n\n"
                     "def load():\n    return parse('a')[0]\n"},
                    {"m/main.py", "from m import config\n\n\nasync def handler():\n    return config.load()\n"}};
  EXPECT_EQ(title(files, "m/main.py"), "Make load(), parse() and read() async and await them in 3 places, 3 files");
  EXPECT_EQ(made_async(files, "m/main.py"),
            (Texts{{"m/disk.py", kReadAfter},
                   {"m/config.py",
                    "from pathlib import Path\nfrom .disk import read as fetch\n\n\n"
                    "async def parse(name: str):\n    return (await fetch(Path(name))).split()\n\n\n"
                    "async def load():\n    return (await parse('a'))[0]\n"},
                   {"m/main.py", "from m import config\n\n\nasync def handler():\n    return await config.load()\n"}}));
}

// Nobody has opened or imported web.py; its caller is found all the same, and the sync function in between turns too.
TEST(MakeAsync, CallersInFilesThatNobodyHasLookedAt) {
  const Texts files{{"m/__init__.py", ""},
                    {"m/disk.py", kRead},
                    {"m/main.py", "from m.disk import read\n\n\nasync def handler(path):\n    return read(path)\n"},
                    {"m/web.py",
                     "import m.disk\n\n\ndef between(path):\n    return m.disk.read(path)\n\n\n"
                     "async def page(path):\n    return between(path)\n"}};
  EXPECT_EQ(
      made_async(files, "m/main.py"),
      (Texts{{"m/disk.py", kReadAfter},
             {"m/main.py", "from m.disk import read\n\n\nasync def handler(path):\n    return await read(path)\n"},
             {"m/web.py",
              "import m.disk\n\n\nasync def between(path):\n    return await m.disk.read(path)\n\n\n"
              "async def page(path):\n    return await between(path)\n"}}));
}

TEST(MakeAsync, ADiamondAndARecursion) {
  EXPECT_EQ(made_async({{"main.py", R"py(import asyncio
import time


def wait(n):
    time.sleep(n)


def left():
    wait(1)


def right(n):
    if n:
        right(n - 1)
    wait(n)


async def main():
    left()
    right(3)
)py"}},
                       "main.py"),
            (Texts{{"main.py", R"py(import asyncio
import time


async def wait(n):
    await asyncio.sleep(n)


async def left():
    await wait(1)


async def right(n):
    if n:
        await right(n - 1)
    await wait(n)


async def main():
    await left()
    await right(3)
)py"}}));
}

TEST(MakeAsync, MethodsThroughTheirReceivers) {
  EXPECT_EQ(made_async({{"main.py", R"py(import asyncio
import time


class Device:
    @staticmethod
    def settle():
        time.sleep(1)

    def start(self):
        self.settle()
        return self

    def name(self):
        return "lamp"


async def main(device: Device):
    device.start().start().name()
)py"}},
                       "main.py"),
            (Texts{{"main.py", R"py(import asyncio
import time


class Device:
    @staticmethod
    async def settle():
        await asyncio.sleep(1)

    async def start(self):
        await self.settle()
        return self

    def name(self):
        return "lamp"


async def main(device: Device):
    (await (await device.start()).start()).name()
)py"}}));
}

TEST(MakeAsync, AHelperThatStartsALoop) {
  EXPECT_EQ(made_async({{"main.py", R"py(import asyncio


async def fetch():
    return 1


def run():
    return asyncio.run(fetch())


async def main():
    return run()
)py"}},
                       "main.py", "AWD502"),
            (Texts{{"main.py", R"py(import asyncio


async def fetch():
    return 1


async def run():
    return await fetch()


async def main():
    return await run()
)py"}}));
}

TEST(MakeAsync, ASyncFunctionThatDropsACoroutine) {
  const std::string fetch = "async def fetch():\n    return 1\n\n\n";
  EXPECT_EQ(
      made_async(
          {{"main.py", fetch + "def start(n):\n    if n:\n        fetch()\n\n\nasync def main():\n    start(1)\n"}},
          "main.py", "AWD801"),
      (Texts{
          {"main.py",
           fetch +
               "async def start(n):\n    if n:\n        await fetch()\n\n\nasync def main():\n    await start(1)\n"}}));
  EXPECT_EQ(title({{"main.py", fetch + "def start():\n    fetch()\n"}}, "main.py", "AWD801"), "");
  EXPECT_EQ(title({{"main.py", fetch + "async def start():\n    fetch()\n"}}, "main.py", "AWD801"), "");
}

// Another caller, or the helper itself, that keeps it from being offered at all.
struct Refused {
  const char* name;
  const char* code;  // beside a plain helper `pause` and its async caller
};

class MakeAsyncRefused : public ::testing::TestWithParam<Refused> {};

const std::string kPause =
    "import asyncio\nimport functools\nimport time\n\n\ndef pause(n=1):\n    time.sleep(n)\n\n\n"
    "async def main():\n    pause()\n\n\n";

TEST_P(MakeAsyncRefused, NothingIsHalfDone) {
  EXPECT_EQ(title({{"main.py", kPause + GetParam().code}}, "main.py"), "");
}

TEST_P(MakeAsyncRefused, InAnotherFile) {
  const Texts files{{"m/__init__.py", ""},
                    {"m/helper.py", kPause},
                    {"m/main.py", "from m.helper import pause\n\n\nasync def start():\n    pause()\n"},
                    {"m/more.py", std::string("import asyncio\nimport functools\nfrom m.helper import pause\n\n\n") +
                                      GetParam().code}};
  EXPECT_EQ(title(files, "m/main.py"), "");
}

INSTANTIATE_TEST_SUITE_P(
    Callers, MakeAsyncRefused,
    ::testing::Values(
        Refused{"ModuleLevel", "pause()\n"}, Refused{"Lambda", "late = lambda: pause()\n"},
        Refused{"Generator", "async def more(ns):\n    return sum(pause(n) for n in ns)\n"},
        Refused{"SyncComprehension", "ALL = [pause(n) for n in range(3)]\n"},
        Refused{"SyncEntry", "def cli():\n    pause()\n"},
        Refused{"SyncRing", "def a():\n    pause()\n    b()\n\n\ndef b():\n    a()\n"},
        Refused{"Init", "class A:\n    def __init__(self):\n        pause()\n\n\nasync def more():\n    A()\n"},
        Refused{"Property",
                "class A:\n    @property\n    def x(self):\n        pause()\n\n\n"
                "async def more(a: A):\n    a.x\n"},
        Refused{"Callback", "async def more(loop):\n    loop.call_soon(pause)\n"},
        Refused{"Partial", "job = functools.partial(pause, 2)\n"}, Refused{"Value", "TABLE = {'pause': pause}\n"},
        Refused{"Default", "def more(how=pause):\n    how()\n"},
        Refused{"DefaultArgument", "async def more(n=pause()):\n    pass\n"},
        Refused{"Rebound",
                "def fake():\n    pass\n\n\nif asyncio:\n    pause = fake\n\n\n"
                "async def more():\n    pause()\n"},
        Refused{"Named", "def more(module):\n    getattr(module, 'pause')()\n"},
        Refused{"YieldingCaller", "def more():\n    pause()\n    yield 1\n\n\nasync def use():\n    list(more())\n"},
        Refused{"DecoratedCaller",
                "@functools.lru_cache\ndef more():\n    pause()\n\n\nasync def use():\n    more()\n"},
        Refused{"OutsideBase",
                "from outside import Base\n\n\nclass A(Base):\n    def hook(self):\n        pause()\n\n\n"
                "async def use(a: A):\n    a.hook()\n"},
        Refused{
            "Base",
            "class A:\n    def hook(self):\n        pass\n\n\nclass B(A):\n    def hook(self):\n        pause()\n\n\n"
            "async def use(b: B):\n    b.hook()\n"},
        Refused{
            "Override",
            "class A:\n    def hook(self):\n        pause()\n\n\nclass B(A):\n    def hook(self):\n        pass\n\n\n"
            "async def use(a: A):\n    a.hook()\n"},
        Refused{"UnknownReceiver",
                "class A:\n    def hook(self):\n        pause()\n\n\n"
                "async def use(a: A, b):\n    a.hook()\n    b.hook()\n"},
        Refused{"UnderALock",
                "import threading\nLOCK = threading.Lock()\n\n\nasync def more():\n    with LOCK:\n        pause()\n"},
        Refused{"Broken", "async def more():\n    pause(\n"}),
    [](const auto& info) { return info.param.name; });

// The twins: what is refused above is offered without the other caller,
TEST(MakeAsync, TheRefusedOnesWithoutTheirOtherCaller) {
  EXPECT_EQ(title({{"main.py", kPause}}, "main.py"), "Make pause() async and await it");
  const Texts files{{"m/__init__.py", ""},
                    {"m/helper.py", kPause},
                    {"m/main.py", "from m.helper import pause\n\n\nasync def start():\n    pause()\n"},
                    {"m/more.py", "import asyncio\nimport functools\nfrom m.helper import pause\n"}};
  EXPECT_EQ(title(files, "m/main.py"), "Make pause() async and await it in 2 places, 2 files");
  const std::string hook = "class A:\n    def hook(self):\n        pause()\n\n\nasync def use(a: A):\n    a.hook()\n";
  EXPECT_EQ(title({{"main.py", kPause + hook}}, "main.py"), "Make pause() and hook() async and await them in 3 places");
}

// Base classes that know no methods do not matter, and a Protocol that does may be how others call it.
TEST(MakeAsync, BasesWithoutMethods) {
  const std::string use = "    def hook(self):\n        pause()\n\n\nasync def use(a: A):\n    a.hook()\n";
  const std::string offered = "Make pause() and hook() async and await them in 3 places";
  EXPECT_EQ(title({{"main.py", kPause + "import abc\n\n\nclass A(abc.ABC):\n" + use}}, "main.py"), offered);
  EXPECT_EQ(
      title({{"main.py",
              kPause + "from typing import Generic, TypeVar\nT = TypeVar('T')\n\n\nclass A(Generic[T]):\n" + use}},
            "main.py"),
      offered);
  EXPECT_EQ(title({{"main.py",
                    kPause + "from typing import Protocol\n\n\nclass B(Protocol):\n    pass\n\n\nclass A(B):\n" + use}},
                  "main.py"),
            offered);
  EXPECT_EQ(title({{"main.py", kPause +
                                   "from typing import Protocol\n\n\nclass B(Protocol):\n    def hook(self): ...\n\n\n"
                                   "def call(b: B):\n    b.hook()\n\n\nclass A:\n" +
                                   use}},
                  "main.py"),
            "");
}

// and what only looks like a caller is none.
TEST(MakeAsync, OthersOfTheSameNameAreNoCallers) {
  const std::string code =
      "class Player:\n    def pause(self):\n        return 1\n\n\n"
      "def shadow(pause):\n    return pause()\n\n\n"
      "def cli(player: Player):\n    return player.pause()\n\n\nprint('pause', dict(pause=1))\n";
  EXPECT_EQ(title({{"main.py", kPause + code}}, "main.py"), "Make pause() async and await it");
}

// Why there is no such fix at the first AWD110 of main.py, with `code` beside kPause.
std::string refusal(const std::string& code) {
  MemoryProject project({{"main.py", kPause + code}});
  const AnalysisPtr analysis = project.analyse("main.py");
  for (const Finding& finding : findings(*analysis)) {
    if (finding.rule->code != "AWD110") continue;
    const auto refused = project_fixes_for(*analysis, finding).refused;
    return refused ? refused->title + " | " + refused->reason : "";
  }
  return "no finding";
}

TEST(MakeAsync, ARefusalSaysWhy) {
  const std::string title = "Make pause() async and await it | ";
  EXPECT_EQ(refusal("async def more(loop):\n    loop.call_soon(pause)\n"),
            title + "pause() is used as a value: main.py, line 15");
  EXPECT_EQ(refusal("late = lambda: pause()\n"),
            title + "pause() is called where no await can stand: main.py, line 14");
  EXPECT_EQ(refusal("def more(module):\n    getattr(module, 'pause')()\n"),
            title + "pause() is named in a string: main.py, line 15");
  EXPECT_EQ(refusal("async def more():\n    pause(\n"), "Make it async | the file does not parse");
  EXPECT_EQ(refusal("def cli():\n    pause()\n"),
            "Make pause() and cli() async and await them in 2 places | "
            "no async code calls cli(): main.py, line 14");
  EXPECT_EQ(refusal("def more():\n    pause()\n    yield 1\n\n\nasync def use():\n    list(more())\n"),
            "Make pause() async and await it in 2 places | more() is a generator: main.py, line 14");
  EXPECT_EQ(refusal("class A:\n    def __init__(self):\n        pause()\n\n\nasync def use():\n    A()\n"),
            "Make pause() async and await it in 2 places | __init__() is a method that Python itself calls: main.py, "
            "line 15");
  EXPECT_EQ(refusal(""), "");  // there is one
}

TEST(MakeAsync, TooManyFunctionsAreRefused) {
  std::string code = kPause;
  for (int i = 0; i < 30; ++i) {
    code +=
        "def step" + std::to_string(i) + "():\n    " + (i == 0 ? "pause" : "step" + std::to_string(i - 1)) + "()\n\n\n";
  }
  code += "async def all_of_them():\n    step29()\n";
  EXPECT_EQ(title({{"main.py", code}}, "main.py"), "");
}

TEST(MakeAsync, WhatHasNoAsyncWayIsRefused) {
  EXPECT_EQ(title({{"main.py",
                    "import time\n\n\ndef pause():\n    time.sleep(1)  # noqa\n\n\nasync def main():\n    pause()\n"}},
                  "main.py"),
            "");
}

TEST(Pieces, RoundsOfEditsAreOneListOfTheOriginal) {
  Pieces pieces("abcdef");
  pieces.apply({{{1, 1}, "XY"}, {{3, 4}, ""}});
  EXPECT_EQ(pieces.text(), "aXYbcef");
  pieces.apply({{{2, 4}, "1"}, {{7, 7}, "!"}});
  EXPECT_EQ(pieces.text(), "aX1cef!");
  EXPECT_EQ(testing::apply("abcdef", pieces.edits()), pieces.text());
  EXPECT_EQ(pieces.now(2), 3U);
  EXPECT_EQ(pieces.now(3), 4U);
  EXPECT_EQ(pieces.now(6), 7U);
  EXPECT_TRUE(Pieces("abc").edits().empty());
}

}  // namespace
}  // namespace awaitd::testing
