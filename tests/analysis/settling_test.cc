// An edit that matters to many functions: the nearest are checked at once, the others when there is time.
#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/text/document.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

constexpr std::uint32_t kCallers = 40;

std::string callers() {
  std::string text = "import time\n\n\ndef work():\n    return time.monotonic()\n";
  for (std::uint32_t i = 0; i < kCallers; ++i) {
    text += "\n\nasync def caller_" + std::to_string(i) + "():\n    work()\n";
  }
  return text;
}

class Settling : public ::testing::Test {
 protected:
  Settling() {
    options->knowledge = Knowledge::builtin();
    now = run({});
    EXPECT_EQ(findings(*now).size(), 0u);
  }
  AnalysisPtr run(const ParseBudget& budget) { return analyse(document, file, now, options, parser, budget); }
  void replace(const std::string& what, const std::string& by) {
    const auto at = static_cast<std::uint32_t>(document.text().find(what));
    document = document.edited(at, at + static_cast<std::uint32_t>(what.size()), by);
  }

  std::shared_ptr<Options> options = std::make_shared<Options>();
  SourceFile file{"app"};
  Parser parser;
  Document document{callers()};
  AnalysisPtr now;
};

TEST_F(Settling, NearestFirstAndAllInTheEnd) {
  replace("time.monotonic()", "time.sleep(1)");
  now = run({.units = 5});
  EXPECT_FALSE(settled(*now));
  EXPECT_EQ(findings(*now).size(), 5u);
  const std::uint32_t last = document.line_of(findings(*now).back().range.start);
  EXPECT_EQ(document.line_text(last - 1), "async def caller_4():");
  now = run({});
  EXPECT_TRUE(settled(*now));
  EXPECT_EQ(findings(*now).size(), kCallers);
  EXPECT_EQ(work(*now).units_checked, kCallers - 5);
}

TEST_F(Settling, TypingOnForgetsNothing) {
  replace("time.monotonic()", "time.sleep(1)");
  now = run({.units = 5});
  replace("caller_30():\n    work()", "caller_30():\n    pass; work()");
  now = run({.units = 1});
  EXPECT_FALSE(settled(*now));
  now = run({});
  EXPECT_TRUE(settled(*now));
  EXPECT_EQ(findings(*now).size(), kCallers);
}

TEST_F(Settling, TakenBackBeforeTheRestWasChecked) {
  replace("time.monotonic()", "time.sleep(1)");
  now = run({.units = 5});
  replace("time.sleep(1)", "time.monotonic()");
  now = run({.units = 5});
  now = run({});
  EXPECT_TRUE(settled(*now));
  EXPECT_EQ(findings(*now).size(), 0u);
}

// What a finding was made from may be gone, and other functions with it, before it is made anew.
TEST_F(Settling, WhatFindingsRestOnGoesAway) {
  replace("def work():",
          "import asyncio\n\nlock = asyncio.Lock()\n\n\nasync def inner():\n    async with lock:\n        pass\n\n\n"
          "async def outer():\n    async with lock:\n        await inner()\n\n\ndef work():");
  now = run({});
  EXPECT_EQ(findings(*now).size(), 1u);
  replace("async def inner():\n    async with lock:\n        pass\n\n\n", "");
  replace("time.monotonic()", "time.sleep(1)");
  now = run({.units = 1});
  replace("async def caller_0():\n    work()\n\n\n", "");
  now = run({.units = 1});
  replace("def work():", "def other():\n    pass\n\n\ndef work():");
  now = run({.units = 1});
  now = run({});
  EXPECT_TRUE(settled(*now));
  EXPECT_EQ(findings(*now).size(), kCallers - 1);
}

TEST_F(Settling, FewAreCheckedAtOnce) {
  replace("time.monotonic()", "time.sleep(1)");
  now = run({.units = kCallers});
  EXPECT_TRUE(settled(*now));
  EXPECT_EQ(findings(*now).size(), kCallers);
}

}  // namespace
}  // namespace awaitd::testing
