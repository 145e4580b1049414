// Notes: where the other half of a finding stands, in the order in which it happens.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

// The notes of the one finding of this rule, each as "text under it: what it says".
std::vector<std::string> notes_of(const std::string& text, const std::string& code) {
  auto options = std::make_shared<Options>();
  options->enabled.insert(code);
  Parser parser;
  const AnalysisPtr now = analyse(Document(text), SourceFile("program"), nullptr, options, parser, {});
  std::vector<std::string> out;
  for (const Finding& finding : findings(*now)) {
    if (finding.rule->code != code) continue;
    for (const Note& note : finding.notes) {
      const Range range = note.range;
      out.push_back(text.substr(range.start, range.end - range.start) + ": " + note.text);
    }
  }
  return out;
}

using Notes = std::vector<std::string>;

TEST(Notes, WhereACancellationArrivesBeforeItsCleanup) {
  EXPECT_EQ(notes_of("import trio\n\n\nasync def session(client):\n    try:\n        await trio.sleep(1)\n"
                     "    finally:\n        await trio.sleep(2)\n",
                     "AWD305"),
            (Notes{"await trio.sleep(1): a cancellation of `session()` arrives here, and once more at the await of the "
                   "cleanup: nothing behind that runs"}));
}

TEST(Notes, WhatIsNotReachedWhenAHandlerIsCancelled) {
  EXPECT_EQ(notes_of("import trio\n\n\nasync def work(client):\n    try:\n        await client.run()\n"
                     "    except ValueError:\n        await trio.sleep(2)\n        raise\n",
                     "AWD312"),
            (Notes{"raise: this is not reached then, and nobody hears of the error"}));
}

TEST(Notes, WhereATaskBeginsAndWhatRunsBeforeItsEnd) {
  EXPECT_EQ(notes_of("import asyncio\n\n\nasync def main(work):\n    task = asyncio.create_task(work())\n"
                     "    await asyncio.sleep(1)\n    task.cancel()\n    # then\n    print(\"done\")\n",
                     "AWD308"),
            (Notes{"asyncio.create_task(work()): the task begins here",
                   "print(\"done\"): this runs before the task has seen the cancellation"}));
}

TEST(Notes, WhereAPipeIsMade) {
  EXPECT_EQ(notes_of("import asyncio\nfrom asyncio.subprocess import PIPE\n\n\nasync def main():\n"
                     "    proc = await asyncio.create_subprocess_exec(\"ls\", stdout=PIPE)\n    await proc.wait()\n\n\n"
                     "asyncio.run(main())\n",
                     "AWD411"),
            (Notes{"asyncio.create_subprocess_exec: the process is started here, with a pipe for its `stdout`"}));
}

TEST(Notes, WhatIsNeverMarkedAsDone) {
  EXPECT_EQ(notes_of("import asyncio\n\nqueue = asyncio.Queue()\n\n\nasync def worker(handle):\n    while True:\n"
                     "        item = await queue.get()\n        await handle(item)\n        queue.task_done()\n\n\n"
                     "async def main():\n    await queue.join()\n\n\nasyncio.run(main())\n",
                     "AWD411"),
            (Notes{"queue.get(): what is taken here is never marked as done if something raises before that"}));
}

TEST(Notes, WhoElseWritesWhatARaceLoses) {
  const std::string start = "import asyncio\n\n\nclass Account:\n    def __init__(self):\n        self.balance = 0\n\n";
  const std::string race =
      "    async def pay(self, send):\n        balance = self.balance\n        await send()\n"
      "        self.balance = balance - 1\n\n";
  const Notes own = {"self.balance: `pay()` reads `self.balance` here",
                     "await send(): it is suspended here: another task in `pay()` can write `self.balance`",
                     "self.balance: here the old value of `self.balance` is written back"};
  Notes other = own;
  other.push_back("self.balance: `refill()` writes `self.balance` here, too");
  EXPECT_EQ(notes_of(start + race + "    async def read(self):\n        return self.balance\n", "AWD401"), own);
  EXPECT_EQ(notes_of(start + race + "    async def refill(self):\n        self.balance += 100\n", "AWD401"), other);
}

// What stands in backquotes in a text and in the code; words of the language are no names.
std::set<std::string> names_in(const std::string& told, const std::string& code) {
  static const std::set<std::string> language = {"finally", "except", "return", "with",       "while", "try",
                                                 "await",   "raise",  "None",   "async with", "yield", "for"};
  std::set<std::string> names;
  for (std::size_t at = told.find('`'); at != std::string::npos; at = told.find('`', at)) {
    const std::size_t end = told.find('`', at + 1);
    if (end == std::string::npos) break;
    std::string name = told.substr(at + 1, end - at - 1);
    if (name.ends_with("()")) name.resize(name.size() - 2);
    const bool known = code.find(name.substr(0, name.find("..."))) != std::string::npos;
    if (known && !language.contains(name)) names.insert(name);
    at = end + 1;
  }
  return names;
}

// Each finding that a page of these families shows says what happens here, and a race shows who comes when.
TEST(Notes, FindingsSpeakOfTheirOwnCode) {
  for (const Rule* rule : all_rules()) {
    const char family = rule->code[3];
    if (family != '3' && family != '4' && family != '6') continue;
    for (const Block& block : read_blocks(std::string(rule_page(*rule)))) {
      auto options = std::make_shared<Options>(*options_from(block.settings));
      options->enabled.insert(std::string(rule->code));
      Parser parser;
      const std::string code = without_expectations(block.text);
      const AnalysisPtr now = analyse(Document(code), SourceFile("main"), nullptr, options, parser, {});
      for (const Finding& finding : findings(*now)) {
        if (finding.rule != rule) continue;
        std::string told = finding.message;
        for (const Note& note : finding.notes) told += "\n- " + note.text;
        EXPECT_FALSE(names_in(told, code).empty()) << rule->code << ": " << told;
        const bool race = rule->code == "AWD401" || rule->code == "AWD402";
        EXPECT_TRUE(!race || finding.notes.size() >= 3) << told;
        const auto shown = hover(*now, finding.range.start);
        EXPECT_TRUE(shown && shown->plain.find(finding.message) != std::string::npos) << told;
      }
    }
  }
}

}  // namespace
}  // namespace awaitd::testing
