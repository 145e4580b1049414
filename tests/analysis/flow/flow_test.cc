// The shape of flows: blocks, ways out, copies of finally, what catches what.
#include "analysis/flow/flow.h"

#include <gtest/gtest.h>

#include "analysis/flow/dataflow.h"
#include "analysis/flow/queries.h"
#include "tests/analysis/flow/flow_text.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

// The ways a function can be left.
std::string exits(const std::string& text, int minor = 12) {
  FlowText f(text, minor);
  std::string out;
  if (f.flow().blocks[Flow::exit].reachable) out += "exit ";
  if (f.flow().blocks[Flow::raised].reachable) out += "raised ";
  if (f.flow().blocks[Flow::cancelled].reachable) out += "cancelled ";
  return out;
}

std::string in_try(const std::string& handler, const std::string& before = "", int minor = 12) {
  return exits(
      before + "import asyncio\nasync def f(g):\n    try:\n        await g\n    " + handler + "\n        pass\n",
      minor);
}

TEST(Flow, AStraightLine) {
  FlowText f("async def f(self):\n    self.n = self.n + await g()\n");
  EXPECT_EQ(f.dump(),
            "entry:\n"
            "  read self\n"
            "  read self.n\n"
            "  read g\n"
            "  call g()\n"
            "  await await g() *\n"
            "  op self.n + await g()\n"
            "  read self\n"
            "  write self.n\n"
            "  -> exit\n"
            "  -> error raised\n"
            "  -> cancel cancelled\n");
}

TEST(Flow, FinallyStandsOnceForEachWay) {
  FlowText f("async def f(a):\n    try:\n        await a\n        return\n    finally:\n        b\n");
  EXPECT_EQ(f.dump(),
            "entry:\n"
            "  -> b6\n"
            "b6: in try\n"
            "  read a\n"
            "  await await a *\n"
            "  return return\n"
            "  -> b9\n"
            "  -> error b7\n"
            "  -> cancel b8\n"
            "b7: in finally(error)\n"
            "  read b\n"
            "  -> error raised\n"
            "b8: cancelled in finally(cancel)\n"
            "  read b\n"
            "  -> cancel cancelled\n"
            "b9: in finally(return)\n"
            "  read b\n"
            "  -> exit\n");
}

TEST(Flow, WhatCatchesACancellation) {
  EXPECT_EQ(in_try("except Exception:"), "exit cancelled ");
  EXPECT_EQ(in_try("except Exception:", "", 7), "exit ");
  EXPECT_EQ(in_try("except BaseException:"), "exit ");
  EXPECT_EQ(in_try("except:"), "exit ");
  EXPECT_EQ(in_try("except asyncio.CancelledError:"), "exit raised ");
  EXPECT_EQ(in_try("except (ValueError, asyncio.CancelledError):"), "exit raised ");
  EXPECT_EQ(in_try("except ValueError:"), "exit raised cancelled ");
  EXPECT_EQ(in_try("except ERRORS:", "from asyncio import CancelledError as C\nERRORS = (OSError, C)\n"),
            "exit raised ");
  EXPECT_EQ(in_try("except Stop:", "import asyncio\nclass Stop(asyncio.CancelledError): pass\n"), "exit raised ");
  EXPECT_EQ(in_try("except Mine:", "class Mine(Exception): pass\n"), "exit raised cancelled ");
  EXPECT_EQ(in_try("except trio.Cancelled:", "import trio\n"), "exit raised ");
  EXPECT_EQ(in_try("except anyio.get_cancelled_exc_class():", "import anyio\n"), "exit raised ");
  EXPECT_EQ(in_try("except g.errors:"), "exit raised cancelled ");
}

TEST(Flow, AHandlerThatRaisesAgainLetsItThrough) {
  const std::string start =
      "import asyncio\nasync def f(g):\n    try:\n        await g\n    except BaseException as e:\n";
  EXPECT_EQ(exits(start + "        raise\n"), "exit raised cancelled ");
  EXPECT_EQ(exits(start + "        raise e\n"), "exit raised cancelled ");
  EXPECT_EQ(exits(start + "        raise ValueError from e\n"), "exit raised ");
  EXPECT_EQ(exits(start + "        if isinstance(e, asyncio.CancelledError):\n            raise\n"),
            "exit raised cancelled ");
  EXPECT_EQ(exits(start + "        if not isinstance(e, Exception):\n            raise\n"), "exit raised cancelled ");
  EXPECT_EQ(exits(start + "        if isinstance(e, Exception):\n            raise\n"), "exit raised ");
}

TEST(Flow, WithBlocksThatSwallow) {
  auto with = [](const std::string& context) {
    return exits("import asyncio, contextlib, anyio\nasync def f(g):\n    with " + context + ":\n        await g\n");
  };
  EXPECT_EQ(with("contextlib.suppress(asyncio.CancelledError)"), "exit raised ");
  EXPECT_EQ(with("contextlib.suppress(BaseException)"), "exit raised ");  // the with itself may raise
  EXPECT_EQ(with("contextlib.suppress(ValueError)"), "exit raised cancelled ");
  EXPECT_EQ(with("anyio.move_on_after(1)"), "exit raised cancelled ");
}

TEST(Flow, LoopsBranchesAndMatch) {
  EXPECT_EQ(exits("async def f():\n    while True:\n        pass\n"), "");
  EXPECT_EQ(exits("async def f(a):\n    while True:\n        if a: break\n"), "exit ");
  EXPECT_EQ(exits("async def f(a):\n    while a:\n        pass\n    else:\n        raise ValueError\n"), "raised ");
  EXPECT_EQ(exits("async def f(a):\n    match a:\n        case 1: raise ValueError\n        case _: raise KeyError\n"),
            "raised ");
  EXPECT_EQ(exits("async def f(a):\n    match a:\n        case 1: raise ValueError\n        case 2: raise KeyError\n"),
            "exit raised ");
  EXPECT_EQ(exits("async def f(a):\n    if a:\n        return\n    elif a:\n        return\n    else:\n        raise "
                  "KeyError\n"),
            "exit raised ");
}

TEST(Flow, HeldWithItemsAndSuspensions) {
  FlowText f("async def f(self, x):\n    async with self.a, self.b:\n        await y\n    await x\n");
  std::vector<NodeId> items = held(f.flow(), f.event("await await y"));
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(f.unit().text_of(items[0]), "self.b");
  EXPECT_EQ(f.unit().text_of(items[1]), "self.a");
  EXPECT_EQ(suspensions(f.flow(), f.unit(), f.view().facts().functions[1].body).size(), 6u);
  EXPECT_TRUE(held(f.flow(), f.event("aexit self.a")).empty());
}

TEST(Flow, GeneratorExpressionsRunLater) {
  FlowText f("async def f(x):\n    g = (await y async for y in x)\n    l = [await y async for y in x]\n");
  EXPECT_EQ(suspensions(f.flow(), f.unit(), f.view().facts().functions[1].body).size(), 2u);
}

TEST(Flow, ReachesWithoutPassing) {
  FlowText f("async def f(self):\n    a()\n    try:\n        await b()\n    finally:\n        c()\n    d()\n");
  const Flow& flow = f.flow();
  EventId a = f.event("call a()"), d = f.event("call d()");
  auto never = [](const Event&, EventId) { return false; };
  auto release = [&](const Event& e, EventId) { return f.unit().text_of(e.node) == "c()"; };
  EXPECT_TRUE(reaches(flow, a, d, {}, never));
  EXPECT_FALSE(reaches(flow, a, d, {}, release));
  EXPECT_FALSE(explore_from(flow, a, {}, release).at(Flow::cancelled));
  EXPECT_TRUE(explore_from(flow, a, {}, never).at(Flow::cancelled));
}

TEST(Flow, SwallowingPaths) {
  FlowText f(
      "async def f(g):\n    try:\n        await g\n    except BaseException as e:\n        if g:\n            raise\n  "
      "      log(e)\n");
  ASSERT_EQ(f.flow().handlers.size(), 1u);
  std::vector<EventId> in = entries(f.flow(), f.flow().handlers[0], Way::cancel);
  ASSERT_EQ(in.size(), 1u);
  EXPECT_EQ(swallowing(f.flow(), in[0]).size(), 1u);
}

// A state that says whether an await has been passed.
TEST(Flow, ForwardAndBackwardDataflow) {
  FlowText f("async def f(g):\n    a = 1\n    if a:\n        await g\n    b = 2\n");
  auto step = [](Bits& state, const Event& event, EventId) {
    if (event.suspends) state.set(0);
  };
  auto in = forward(f.flow(), Bits(1), step);
  EXPECT_TRUE(in[Flow::exit]->test(0));
  EXPECT_FALSE(in[Flow::cancelled]->test(0));  // the await had not ended
  auto out = backward(f.flow(), Bits(1), Bits(1), step);
  EXPECT_TRUE(out[Flow::entry].test(0));
  EXPECT_FALSE(out[f.flow().block_of_event[f.event("write b")]].test(0));
}

TEST(Flow, HostileNestingStaysSmall) {
  std::string text = "async def f(g):\n";
  for (int i = 1; i < 90; ++i) text += std::string(i, ' ') + "try:\n";
  text += std::string(90, ' ') + "await g\n";
  for (int i = 89; i > 0; --i) text += std::string(i, ' ') + "finally:\n" + std::string(i + 1, ' ') + "await g\n";
  EXPECT_LT(FlowText(text).flow().events.size(), 5000u);
  std::string inner = "async def f(g):\n";
  for (int i = 1; i < 40; ++i)
    inner +=
        std::string(i, ' ') + "try:\n" + std::string(i + 1, ' ') + "await g\n" + std::string(i, ' ') + "finally:\n";
  inner += std::string(40, ' ') + "await g\n";
  EXPECT_FALSE(FlowText(inner).flow().complete);
  std::string sum = "async def f(g):\n    x = g";
  for (int i = 0; i < 5000; ++i) sum += " + g";
  EXPECT_TRUE(FlowText(sum + "\n").flow().complete);
  std::string deep = "async def f(g):\n    x = " + std::string(5000, '(') + "g" + std::string(5000, ')') + "\n";
  EXPECT_FALSE(FlowText(deep).flow().complete);
}

}  // namespace
}  // namespace awaitd::testing
