// What fixes write: where imports go, where a silencing comment goes, what may move into a function and what may not.
// The rule pages test the same fixes rule by rule (pages_test.cc).
#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

AnalysisPtr analyse_text(const std::string& text, Parser& parser) {
  return analyse(Document(text), SourceFile("main"), nullptr, std::make_shared<const Options>(), parser, {});
}

// The text after the first fix whose title starts with `title`, of the first finding that has one.
std::string fixed(const std::string& text, const std::string& title) {
  Parser parser;
  AnalysisPtr analysis = analyse_text(text, parser);
  for (const Finding& finding : findings(*analysis)) {
    for (const Fix& fix : fixes_for(*analysis, finding)) {
      if (fix.title.rfind(title, 0) == 0) return testing::apply(text, fix.files.at(0).edits);
    }
  }
  return "no fix";
}

// Titles of the first finding's fixes, "*" behind the preferred one, "!" behind a safe one.
std::vector<std::string> offered(const std::string& text) {
  Parser parser;
  AnalysisPtr analysis = analyse_text(text, parser);
  std::vector<std::string> titles;
  if (findings(*analysis).empty()) return {"no finding"};
  for (const Fix& fix : fixes_for(*analysis, findings(*analysis).front())) {
    titles.push_back(fix.title + (fix.preferred ? "*" : "") + (fix.safety == Safety::safe ? "!" : ""));
  }
  return titles;
}

const std::string kSleep = "\n\nasync def f():\n    time.sleep(1)\n";
const std::string kAwaited = "\n\nasync def f():\n    await asyncio.sleep(1)\n";

void expect_import(const std::string& before, const std::string& after) {
  EXPECT_EQ(fixed(before + kSleep, "Use"), after + kAwaited) << before;
}

TEST(FixImports, GoIntoTheGroupOfTheirKind) {
  expect_import("import time\n", "import asyncio\nimport time\n");
  expect_import("import abc\nimport time\n", "import abc\nimport asyncio\nimport time\n");
  expect_import("import abc\nfrom a import b\nimport time\n",
                "import abc\nfrom a import b\nimport asyncio\nimport time\n");
  expect_import("import requests\n\nimport time\n", "import requests\n\nimport asyncio\nimport time\n");
  expect_import("import os, time\n\nimport requests\n", "import asyncio\nimport os, time\n\nimport requests\n");
}

TEST(FixImports, PlainOnesStandBeforeFromImports) {
  expect_import("from os import path\n\nimport requests, time\n",
                "import asyncio\nfrom os import path\n\nimport requests, time\n");
}

TEST(FixImports, MakeAGroupWhereThereIsNone) {
  expect_import("import requests, time\n", "import asyncio\n\nimport requests, time\n");
  expect_import("from .a import b, time\nimport requests\nimport time\n",
                "from .a import b, time\nimport asyncio\nimport requests\nimport time\n");
}

TEST(FixImports, StayBehindWhatComesFirst) {
  expect_import(
      "#!/usr/bin/env python\n# Licence\n\"\"\"Text.\"\"\"\nfrom __future__ import annotations\n\nimport time\n",
      "#!/usr/bin/env python\n# Licence\n\"\"\"Text.\"\"\"\nfrom __future__ import annotations\n\nimport "
      "asyncio\nimport time\n");
  expect_import("# Licence\nimport time\n", "# Licence\nimport asyncio\nimport time\n");
  expect_import("import abc\n# for sleep\nimport time\n", "import abc\nimport asyncio\n# for sleep\nimport time\n");
}

TEST(FixImports, KeepLineEndsAndOpenEnds) {
  EXPECT_EQ(fixed("import time\r\nasync def f():\r\n    time.sleep(1)", "Use"),
            "import asyncio\r\nimport time\r\nasync def f():\r\n    await asyncio.sleep(1)");
  EXPECT_EQ(fixed("async def f(): __import__; input()", "Run"),
            "import asyncio\n\nasync def f(): __import__; await asyncio.to_thread(input)");
}

TEST(FixImports, TwoAtOncePlaceStandTogether) {
  EXPECT_EQ(fixed("import trio\nimport requests\n\nasync def f():\n    requests.get('x', timeout=1)\n", "Run"),
            "import functools\n\nimport trio\nimport requests\n\nasync def f():\n"
            "    await trio.to_thread.run_sync(functools.partial(requests.get, 'x', timeout=1))\n");
}

TEST(FixImports, NoneWhereTheNameIsTaken) {
  EXPECT_EQ(fixed("import time\nasyncio = None" + kSleep, "Use"), "no fix");
  EXPECT_EQ(fixed("import time\n\nasync def f(asyncio):\n    time.sleep(1)\n", "Use"), "no fix");
  EXPECT_EQ(fixed("import time\n\nasync def f():\n    time.sleep(1)\n    asyncio = 1\n", "Use"), "no fix");
}

std::string silenced(const std::string& statement) {
  std::string head = "import time\n\n\nasync def f():\n";
  std::string after = fixed(head + statement, "Silence");
  return after == "no fix" ? after : after.substr(head.size());
}

TEST(FixSilence, StandsAtTheEndOfTheLine) {
  EXPECT_EQ(silenced("    time.sleep(1)\n"), "    time.sleep(1)  # awaitd: ignore[AWD101]\n");
  EXPECT_EQ(silenced("    time.sleep(1)   \n"), "    time.sleep(1)  # awaitd: ignore[AWD101]\n");
  EXPECT_EQ(silenced("    time.sleep(1)"), "    time.sleep(1)  # awaitd: ignore[AWD101]");
  EXPECT_EQ(silenced("    time.sleep(1)  # why\n"), "    time.sleep(1)  # why  # awaitd: ignore[AWD101]\n");
}

TEST(FixSilence, JoinsACommentThatIsThere) {
  EXPECT_EQ(silenced("    time.sleep(1)  # awaitd: ignore[AWD104] x\n"),
            "    time.sleep(1)  # awaitd: ignore[AWD104, AWD101] x\n");
  EXPECT_EQ(silenced("    time.sleep(1)  # noqa: E501\n"), "    time.sleep(1)  # noqa: E501, AWD101\n");
  EXPECT_EQ(silenced("    time.sleep(1)  # NOQA:E501,F401 as it is\n"),
            "    time.sleep(1)  # NOQA:E501,F401, AWD101 as it is\n");
}

TEST(FixSilence, NeverInAStringNorBehindABackslash) {
  EXPECT_EQ(silenced("    time.sleep(len('''# noqa: E501\n'''))\n"),
            "    time.sleep(len('''# noqa: E501\n'''))  # awaitd: ignore[AWD101]\n");
  EXPECT_EQ(silenced("    time.sleep(1) or \\\n        print()\n"),
            "    time.sleep(1) or \\\n        print()  # awaitd: ignore[AWD101]\n");
  EXPECT_EQ(silenced("    time.sleep('# awaitd: ignore[AWD104]')\n"),
            "    time.sleep('# awaitd: ignore[AWD104]')  # awaitd: ignore[AWD101]\n");
}

TEST(FixSilence, SilencesWhateverItIsWrittenOn) {
  Parser parser;
  for (const char* statement :
       {"    if time.sleep(1):\n        pass\n", "    with open(time.sleep(1)) as x:\n        pass\n",
        "    return [\n        time.sleep(1),\n        2,\n    ]\n", "    x = time.sleep(1); y = 2\n",
        "    @time.sleep(1)\n    def g():\n        pass\n"}) {
    std::string text = "import time\n\n\nasync def f():\n" + std::string(statement);
    std::string after = fixed(text, "Silence AWD101");
    AnalysisPtr again = analyse_text(after, parser);
    for (const Finding& f : findings(*again)) EXPECT_NE(f.rule->code, "AWD101") << after;
  }
}

std::string block(const std::string& body) { return "import asyncio\n\n\nasync def f(p, q):\n" + body; }

void expect_no_thread(const std::string& body) { EXPECT_EQ(fixed(block(body), "Run"), "no fix") << body; }

TEST(FixExtract, RefusesWhatAFunctionOfItsOwnWouldChange) {
  expect_no_thread("    with open(p) as x:\n        await q(x)\n");
  expect_no_thread("    with open(p) as x:\n        yield x.read()\n");
  expect_no_thread("    with open(p) as x:\n        if q:\n            return x.read()\n    return 1\n");
  expect_no_thread("    for n in q:\n        with open(p) as x:\n            break\n");
  expect_no_thread("    with open(p) as x:\n        if q:\n            data = x.read()\n    return data\n");
  expect_no_thread("    with open(p) as x:\n        data = x.read()\n        del data\n");
  expect_no_thread("    with open(p) as x:\n        asyncio.create_task(q(x.read()))\n");
  expect_no_thread("    with open(p) as x:\n        super().load(x.read())\n");
  expect_no_thread("    with open(p) as x:\n        locals().update(a=x.read())\n");
  expect_no_thread("    global data\n    with open(p) as x:\n        data = x.read()\n");
  expect_no_thread("    with open(p) as x:\n        pass\n    return x.read()\n");
}

TEST(FixExtract, TakesWhatStaysInside) {
  EXPECT_EQ(
      fixed(block("    with open(p) as x:\n        for n in x:\n            if n:\n                break\n"), "Run"),
      block("    def read_file():\n        with open(p) as x:\n            for n in x:\n                if n:\n"
            "                    break\n\n    await asyncio.to_thread(read_file)\n"));
}

TEST(FixExtract, FindsAFreeNameForTheFunction) {
  std::string text =
      fixed(block("    read_file = 1\n    with open(p) as x:\n        return read_file, x.read()\n"), "Run");
  EXPECT_NE(text.find("def read_file_2():"), std::string::npos) << text;
}

TEST(FixExtract, KeepsTabs) {
  EXPECT_EQ(fixed("import asyncio\nasync def f(p):\n\twith open(p) as x:\n\t\treturn x.read()\n", "Run"),
            "import asyncio\nasync def f(p):\n\tdef read_file():\n\t\twith open(p) as x:\n\t\t\treturn x.read()\n\n"
            "\treturn await asyncio.to_thread(read_file)\n");
}

TEST(FixOffers, BestFirstAndSilenceLast) {
  using Titles = std::vector<std::string>;
  EXPECT_EQ(offered("import time" + kSleep), (Titles{"Use await asyncio.sleep()*!", "Silence AWD101 here"}));
  EXPECT_EQ(offered("import os\nasync def f(p):\n    os.stat(p)\n"),
            (Titles{"Run in a worker thread with asyncio.to_thread", "Silence AWD104 here"}));
  EXPECT_EQ(offered("import subprocess\nasync def f(p):\n    subprocess.run(['ls'])\n"),
            (Titles{"Use await asyncio.create_subprocess_exec()*",
                    "Run in a worker thread with asyncio.to_thread and a timeout", "Silence AWD105 here"}));
  EXPECT_EQ(offered("import httpx\nasync def f(p):\n    with httpx.Client() as c:\n        c.get(p)\n"),
            (Titles{"Use async with httpx.AsyncClient()*", "Run in a worker thread with asyncio.to_thread",
                    "Silence AWD102 here"}));
}

TEST(FixOffers, NoThreadForWhatMustNotMove) {
  using Titles = std::vector<std::string>;
  EXPECT_EQ(offered("import sqlite3\nasync def f(c: sqlite3.Connection):\n    c.commit()\n"),
            Titles{"Silence AWD103 here"});
  EXPECT_EQ(offered("async def f():\n    breakpoint()\n"), Titles{"Silence AWD107 here"});
  EXPECT_EQ(
      offered("import threading, time\nlock = threading.Lock()\nasync def f():\n    with lock:\n        input()\n")
          .back(),
      "Silence AWD108 here");
}

TEST(FixProcess, OnlyWhereEverythingIsUnderstood) {
  for (const char* call : {"subprocess.run(p)", "subprocess.run('ls -l')", "subprocess.run(['ls'], bufsize=1)",
                           "subprocess.run(*p)", "subprocess.run(['ls'], **p)", "subprocess.run(['ls'], text=p)",
                           "x = subprocess.run(['ls']); x.check_returncode()", "x = y = subprocess.run(['ls'])",
                           "print(subprocess.run(['ls']))"}) {
    EXPECT_EQ(fixed("import subprocess\nasync def f(p):\n    " + std::string(call) + "\n", "Use"), "no fix") << call;
  }
}

TEST(FixAll, AppliesTheSafeOnesOnly) {
  Parser parser;
  std::string text =
      "import time\nimport os\n\nasync def f(p):\n    time.sleep(1)\n    time.sleep(2)\n    os.listdir(p)\n";
  std::vector<Edit> edits = fix_all(*analyse_text(text, parser), parser);
  std::string after = testing::apply(text, edits);
  EXPECT_EQ(after,
            "import asyncio\nimport time\nimport os\n\nasync def f(p):\n    await asyncio.sleep(1)\n"
            "    await asyncio.sleep(2)\n    os.listdir(p)\n");
  EXPECT_TRUE(fix_all(*analyse_text(after, parser), parser).empty());
}

}  // namespace
}  // namespace awaitd::testing
