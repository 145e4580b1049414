// Edits whose meaning for other functions was once overlooked: what was typed on the way must not show in the end.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/engine.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/rules/rule.h"
#include "analysis/text/document.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

class History : public ::testing::Test {
 protected:
  History() { options->knowledge = Knowledge::builtin(); }
  // budget.units: how many others are checked before the answer; 0 for all.
  void become(const std::string& text, std::uint32_t units = 0) {
    const std::string old = document.text();
    const auto front = std::mismatch(old.begin(), old.end(), text.begin(), text.end());
    const auto back = std::mismatch(old.rbegin(), std::make_reverse_iterator(front.first), text.rbegin(),
                                    std::make_reverse_iterator(front.second));
    const auto start = static_cast<std::uint32_t>(front.first - old.begin());
    document = document.edited(start, static_cast<std::uint32_t>(back.first.base() - old.begin()),
                               std::string(front.second, back.second.base()));
    ASSERT_EQ(document.text(), text);
    now = analyse(document, file, now, options, parser, {.units = units});
  }
  static std::string told(const Analysis& analysis) {
    std::string all;
    for (const Finding& f : findings(analysis)) {
      all += std::to_string(f.range.start) + " " + std::string(f.rule->code) + " " + f.message + "\n";
    }
    return all;
  }
  std::string now_told() const { return told(*now); }
  std::string fresh_told() { return told(*analyse(Document(document.text()), file, nullptr, options, parser, {})); }

  std::shared_ptr<Options> options = std::make_shared<Options>();
  SourceFile file{"app"};
  Parser parser;
  Document document{""};
  AnalysisPtr now;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

// Who is handed the bot names neither class.
TEST_F(History, TheProjectHasOneBotMoreOrLess) {
  const std::string two =
      "from discord.ext import commands\n\n\nclass Threads:\n    async def find(self, key):\n        return key\n\n\n"
      "class Bot(commands.Bot):\n    threads = Threads()\n\n\nclass Other(commands.Bot):\n    pass\n\n\n"
      "class Mail(commands.Cog):\n    def __init__(self, bot):\n        self.bot = bot\n\n"
      "    async def show(self, ctx):\n        self.bot.threads.find(3)\n";
  const std::string one = replaced(two, "Other(commands.Bot)", "Other(commands.Cog)");
  become(two);
  EXPECT_EQ(now_told(), "");
  become(one);
  EXPECT_NE(now_told().find("AWD801"), std::string::npos);
  become(two);
  EXPECT_EQ(now_told(), "");
}

// The caller was checked while others waited: what it was told then is older than what they were told.
TEST_F(History, CheckedWhileOthersWait) {
  const std::string first =
      "import ssl\n\n\nclass Client:\n    def __init__(self):\n        self.context = "
      "ssl.create_default_context()\n\n\n"
      "class File:\n    def __init__(self, path):\n        self.text = open(path).read()\n\n\n"
      "def get_client():\n    return Client()\n\n\ndef get_context():\n    return ssl.create_default_context()\n\n\n"
      "async def handler(path):\n    get_client()\n    get_context()\n    File(path)\n";
  const std::string gone = replaced(first, "def get_context():\n    return", "get_context = 1\nother =");
  become(first);
  become(gone, 1);
  become(replaced(gone, "ssl.create_default_context()", "path"));
  EXPECT_EQ(now_told(), fresh_told());
  EXPECT_EQ(now_told().find("get_client"), std::string::npos) << now_told();
}

// Of two causes that are equally near the first is told, whichever was asked about before.
TEST_F(History, EquallyNearCauses) {
  const std::string with =
      "import time\n\n\nclass A:\n    def load(self):\n        time.sleep(1)\n\n\n"
      "class B:\n    def load(self):\n        open('x').read()\n\n\n"
      "async def one(b: B):\n    b.load()\n\n\n"
      "def either(x: A | B):\n    return x.load()\n\n\n"
      "async def two(x: A | B):\n    either(x)\n";
  become(with);
  EXPECT_NE(now_told().find("`A.load()` -> `time.sleep()`"), std::string::npos) << now_told();
  become(replaced(with, "    b.load()", "    pass"));
  EXPECT_EQ(now_told(), fresh_told());
}

// A circle of helpers gives the same chains from whichever of them it is entered.
TEST_F(History, CirclesHaveNoBeginning) {
  const std::string with =
      "import time\n\n\ndef a(n):\n    b(n)\n\n\ndef b(n):\n    c(n)\n    d()\n\n\ndef c(n):\n    a(n - 1)\n    "
      "e()\n\n\n"
      "def d():\n    time.sleep(1)\n\n\ndef e():\n    open('x').read()\n\n\n"
      "async def by_a():\n    a(1)\n\n\nasync def by_c():\n    c(1)\n";
  become(with);
  const std::string all = now_told();
  become(replaced(with, "    a(1)", "    pass"));
  EXPECT_EQ(now_told(), fresh_told());
  become(with);
  EXPECT_EQ(now_told(), all);
}

// What nobody asked about for a while is not what it was when they did.
TEST_F(History, AskedAgainAfterItChanged) {
  const std::string with =
      "import time\n\n\ndef outer(n):\n    def deep():\n        time.sleep(1)\n    return deep\n\n\n"
      "def helper():\n    time.sleep(1)\n\n\nasync def handler():\n    helper()\n";
  become(with);
  const std::string without = replaced(with, "    helper()", "    pass");
  become(without);
  const std::string harmless = replaced(without, "helper():\n    time.sleep(1)", "helper():\n    pass");
  become(harmless);
  become(replaced(harmless, "handler():\n    pass", "handler():\n    helper()"));
  EXPECT_EQ(now_told(), fresh_told());
  EXPECT_EQ(now_told(), "");
}

// What is typed may say things of itself that Python never lets run.
TEST_F(History, ABoundThatIsItself) {
  become(
      "from typing import TypeVar\n\nT = TypeVar('T', bound='T')\n\n\ndef f(x: T) -> T:\n    return x\n\n\n"
      "async def g(x: T):\n    f(x).run()\n");
  EXPECT_EQ(now_told(), "");
}

}  // namespace
}  // namespace awaitd::testing
