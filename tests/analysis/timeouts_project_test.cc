// Timeouts that stand around a call in another module: what bounds a wait is found through those who await its
// function. Each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "analysis/effects/around.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

constexpr const char* kWire = R"py(
import asyncio

class Wire:
    def __init__(self, reader: asyncio.StreamReader):
        self.reader = reader

    async def header(self):
        return await self.reader.readline()
)py";

TEST(TimeoutsElsewhere, AroundTheOnlyCall) {
  expect({{"app/__init__.py", ""}, {"app/wire.py", kWire}, {"app/main.py", R"py(
import asyncio
from app.wire import Wire

async def load(wire: Wire):
    async with asyncio.timeout(5):
        return await wire.header()
)py"}});
}

TEST(TimeoutsElsewhere, NotAroundTheOtherCall) {
  const std::string wire = std::string(kWire) +
                           "    async def body(self):\n"
                           "        return await self.reader.read()"
                           "  # error: [AWD601 info probable] \"called by `hasty()` without a timeout\"\n";
  expect({{"app/__init__.py", ""},
          {"app/wire.py", wire},
          {"app/main.py", R"py(
import asyncio
from app.wire import Wire

async def load(wire: Wire):
    await asyncio.wait_for(wire.header(), 5)
    return await asyncio.wait_for(wire.body(), timeout=5)
)py"},
          {"app/other.py", R"py(
from app.wire import Wire

async def hasty(wire: Wire):
    return await wire.body()
)py"}});
}

TEST(TimeoutsElsewhere, FurtherUp) {
  expect({{"wire.py", R"py(
import trio

async def answer(stream: trio.SocketStream):
    return await stream.receive_some()

async def late(stream: trio.SocketStream):
    return await stream.receive_some()  # error: [AWD601 info]
)py"},
          {"talk.py", R"py(
import wire

async def talk(stream):
    return await wire.answer(stream)

async def talk_later(stream):
    return await wire.late(stream)
)py"},
          {"main.py", R"py(
import trio
from talk import talk, talk_later

async def main(stream):
    with trio.move_on_after(3):
        await talk(stream)
    await talk_later(stream)
)py"}});
}

TEST(TimeoutsElsewhere, TasksStartedUnderIt) {
  expect({{"wire.py", R"py(
import asyncio

async def child(reader: asyncio.StreamReader):
    return await reader.read()

async def free(reader: asyncio.StreamReader):
    return await reader.read()  # error: [AWD601 info]

async def gathered(reader: asyncio.StreamReader):
    return await reader.read()
)py"},
          {"main.py", R"py(
import asyncio
import wire

async def main(readers):
    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(wire.child(reader))  # error: [AWD705 hint]
        task = asyncio.create_task(wire.free(readers[0]))
        await asyncio.gather(*[wire.gathered(r) for r in readers])  # error: [AWD705 hint]
    return task
)py"}});
}

// The timeouts of tests are the tests' own, and who calls something else of that name says nothing.
TEST(TimeoutsElsewhere, NotInTestsAndNotOfOthers) {
  expect({{"wire.py", R"py(
import asyncio

async def answer(reader: asyncio.StreamReader):
    return await reader.read()  # error: [AWD601 info]
)py"},
          {"tests/test_wire.py", R"py(
import asyncio
import wire

async def check(reader):
    await asyncio.wait_for(wire.answer(reader), 1)
)py"},
          {"other.py", R"py(
import asyncio

async def answer(reader):
    return 1

async def main(reader):
    await asyncio.wait_for(answer(reader), 1)
)py"}});
}

// Nor those of a library's example programs.
TEST(TimeoutsElsewhere, NotInExamples) {
  const char* program = R"py(
import asyncio
from wire.talk import answer

async def main(reader):
    await asyncio.wait_for(answer(reader), 1)
)py";
  expect({{"wire/__init__.py", ""},
          {"wire/talk.py", R"py(
import asyncio

async def answer(reader: asyncio.StreamReader):
    return await reader.read()  # error: [AWD601 info]
)py"},
          {"example.py", program},
          {"examples/two.py", program}});
}

TEST(TimeoutsElsewhere, NoneIsNoTimeout) {
  expect({{"wire.py", R"py(
import asyncio

async def answer(reader: asyncio.StreamReader):
    return await reader.read()  # error: [AWD601 info]
)py"},
          {"main.py", R"py(
import asyncio
import wire

async def main(reader):
    await asyncio.wait_for(wire.answer(reader), None)  # error: [AWD602 info]
)py"}});
}

TEST(TimeoutsElsewhere, AnEditAroundTheCall) {
  MemoryProject project(std::map<std::string, std::string>{{"wire.py", R"py(
import asyncio

async def answer(reader: asyncio.StreamReader):
    return await reader.read()
)py"},
                                                           {"main.py", "import asyncio\nimport wire\n"}});
  const auto found = [&] {
    unsigned count = 0;
    for (const Finding& f : findings(*project.analyse("wire.py"))) count += f.rule->code == std::string_view("AWD601");
    return count;
  };
  const std::string head = "import asyncio\nimport wire\nasync def main(reader):\n    async with asyncio.timeout(";
  EXPECT_EQ(found(), 1u);
  project.edit("main.py", head + "5):\n        await wire.answer(reader)\n");
  EXPECT_EQ(found(), 0u);
  EXPECT_FALSE(outdated(*project.analyse("wire.py")));
  project.edit("main.py", head + "7):\n        await wire.answer(reader)\n");
  EXPECT_FALSE(outdated(*project.analyse("wire.py")));
  project.edit("main.py", head + "5):\n        pass\n    await wire.answer(reader)\n");
  EXPECT_EQ(found(), 1u);
  project.edit("main.py", head + "None):\n        await wire.answer(reader)\n");
  EXPECT_EQ(found(), 1u);
  project.edit("main.py", head + "5):\n        await wire.answer(reader)\n    return 1\n");
  EXPECT_EQ(found(), 0u);
  project.edit("main.py", head + "5):\n        await wire.other(reader)\n");
  EXPECT_EQ(found(), 1u);
}

bool same(const char* a, const char* b) {
  const auto facts = [](const std::string& text) {
    Parser parser;
    Document document(text);
    return build_facts(parser.parse(document.chunks()[0], nullptr, {})->functions.at(0).unit);
  };
  return same_around(*facts(a), *facts(b));
}

TEST(Around, WhatStandsAroundCalls) {
  const char* under = "async def f():\n    with a(1):\n        await g()\n";
  EXPECT_TRUE(same(under, "async def f():\n    with a(2):\n        x = await g()\n"));
  EXPECT_FALSE(same(under, "async def f():\n    with a(1):\n        pass\n    await g()\n"));
  EXPECT_FALSE(same(under, "async def f():\n    with a(None):\n        await g()\n"));
  const char* inside = "async def f():\n    await w(g(), 1)\n";
  EXPECT_TRUE(same(inside, "async def f():\n    return await w(g(), 2)\n"));
  EXPECT_FALSE(same(inside, "async def f():\n    await w(x, 1), g()\n"));
  EXPECT_FALSE(same(inside, "async def f():\n    await w(g(), timeout=1)\n"));
}

}  // namespace
}  // namespace awaitd::testing
