// What the look-ups answer, and what a user's own lines change.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/knowledge/knowledge.h"
#include "tests/analysis/knowledge_snippets.h"

namespace awaitd::analysis {
namespace {

const Knowledge& knowledge() { return *Knowledge::builtin(); }

std::string_view found(std::string_view origin) {
  const BlockingFact* fact = knowledge().blocking(origin);
  return fact == nullptr ? "" : fact->name;
}

TEST(KnowledgeLookup, CanonicalReplacesTheLongestAliasedPrefix) {
  EXPECT_EQ(knowledge().canonical("requests.sessions.Session.get"), "requests.Session.get");
  EXPECT_EQ(knowledge().canonical("posixpath.exists"), "os.path.exists");
  EXPECT_EQ(knowledge().canonical("pathlib.PosixPath.read_text"), "pathlib.Path.read_text");
  EXPECT_EQ(knowledge().canonical("redis.client.Redis.get"), "redis.Redis.get");
  EXPECT_EQ(knowledge().canonical("concurrent.futures._base.Future"), "concurrent.futures.Future");
  EXPECT_EQ(knowledge().canonical("requests.sessionsx"), "requests.sessionsx");
  EXPECT_EQ(knowledge().canonical("myapp.sessions.Session"), "myapp.sessions.Session");
  EXPECT_EQ(knowledge().canonical(""), "");
}

TEST(KnowledgeLookup, BlockingIsExactInheritedOrWild) {
  EXPECT_EQ(found("time.sleep"), "time.sleep");
  EXPECT_EQ(found("requests.api.get"), "requests.get");
  EXPECT_EQ(found("queue.LifoQueue.get"), "queue.Queue.get");
  EXPECT_EQ(found("sqlmodel.Session.commit"), "sqlalchemy.orm.Session.commit");
  EXPECT_EQ(found("http.client.HTTPSConnection.getresponse"), "http.client.HTTPConnection.getresponse");
  EXPECT_EQ(found("selenium.webdriver.Edge.get"), "selenium.webdriver.remote.webdriver.WebDriver.get");
  EXPECT_EQ(found("redis.Redis.zadd"), "redis.Redis.*");
  EXPECT_EQ(found("openai.AzureOpenAI.chat.completions.create"), "openai.OpenAI.**");
  EXPECT_EQ(found("botocore.client.BaseClient.put_object"), "botocore.client.BaseClient.*");
}

TEST(KnowledgeLookup, UnknownAndHarmlessIsSilent) {
  for (const char* origin : {"",
                             ".",
                             "time",
                             "time.",
                             "myapp.sleep",
                             "time.monotonic",
                             "os.path.join",
                             "pathlib.Path.with_suffix",
                             "subprocess.Popen.poll",
                             "requests.Session",
                             "redis.client.Pipeline.set",
                             "redis.asyncio.Redis.get",
                             "httpx.AsyncClient.get",
                             "asyncio.sleep",
                             "asyncio.Future.result",
                             "asyncio.Queue.get",
                             "io.BytesIO.read",
                             "io.StringIO.write",
                             "redis.Redis._private",
                             "redis.Redis.get_async",
                             "botocore.client.BaseClient.get_paginator",
                             "boto3.resources.base.ServiceResource.Table",
                             "openai.OpenAI.with_options",
                             "openai.AsyncOpenAI.chat.create",
                             "sqlalchemy.orm.Session.add",
                             "sqlalchemy.orm.Query.filter",
                             "django.db.models.query.QuerySet.filter",
                             "tqdm.tqdm",
                             "os.path",
                             "urllib3.PoolManager",
                             "stripe.Customer.create_async"})
    EXPECT_EQ(found(origin), "") << origin;
}

TEST(KnowledgeLookup, SilentRowsAreKnownToHover) {
  const BlockingFact* fact = knowledge().fact("redis.Redis");
  ASSERT_NE(fact, nullptr);
  EXPECT_TRUE(fact->silent);
  EXPECT_EQ(knowledge().blocking("redis.Redis"), nullptr);
  EXPECT_TRUE(knowledge().fact("os.walk")->lazy);
  EXPECT_FALSE(knowledge().fact("os.listdir")->lazy);
}

TEST(KnowledgeLookup, KindsFollowTheRulesTheyFeed) {
  const auto kind = [](std::string_view origin) { return knowledge().fact(origin)->kind; };
  EXPECT_EQ(kind("urllib.request.urlopen"), BlockingKind::http);
  EXPECT_EQ(kind("smtplib.SMTP.sendmail"), BlockingKind::network);
  EXPECT_EQ(kind("ssl.create_default_context"), BlockingKind::network);
  EXPECT_EQ(kind("fcntl.flock"), BlockingKind::wait);
  EXPECT_EQ(kind("logging.handlers.SMTPHandler"), BlockingKind::logging);
  EXPECT_EQ(kind("asyncio.run"), BlockingKind::loop_bridge);
  // AWD107 is about waiting for a person or a debugger, nothing else.
  for (const BlockingFact& fact : knowledge().blocking_facts())
    if (fact.kind == BlockingKind::console && !fact.silent) {
      const bool person = fact.name == "builtins.input" || fact.name == "builtins.breakpoint" ||
                          fact.name == "getpass.getpass" || fact.name == "code.interact" ||
                          fact.name.starts_with("sys.stdin.") || fact.name.starts_with("pdb.");
      EXPECT_TRUE(person) << fact.name;
    }
}

TEST(KnowledgeLookup, ResultsComeThroughBases) {
  const auto result = [](std::string_view producer, How how) {
    const auto all = knowledge().results(producer, how);
    return all.empty() ? std::string_view() : all.front()->result;
  };
  EXPECT_EQ(result("pathlib.PosixPath.__truediv__", How::binop), "pathlib.Path");
  EXPECT_EQ(result("smtplib.SMTP_SSL", How::enter), "self");
  EXPECT_EQ(result("sqlmodel.Session.query", How::call), "sqlalchemy.orm.Query");
  EXPECT_EQ(result("psycopg_pool.ConnectionPool.connection", How::enter), "psycopg.Connection");
  EXPECT_EQ(result("builtins.len", How::call), "");
  EXPECT_EQ(result("pathlib.Path.parent", How::call), "");
  const auto streams = knowledge().results("asyncio.open_connection", How::await);
  ASSERT_EQ(streams.size(), 2u);
  EXPECT_EQ(streams[0]->index, 0);
  EXPECT_EQ(streams[1]->result, "asyncio.StreamWriter");
  EXPECT_TRUE(knowledge().is_subclass("sqlmodel.Session", "sqlalchemy.orm.session.Session"));
  EXPECT_FALSE(knowledge().is_subclass("sqlalchemy.orm.Session", "sqlmodel.Session"));
}

TEST(KnowledgeLookup, ContextsSayWhereCodeRuns) {
  const ContextFact* fact = knowledge().context("uvloop.Loop.run_in_executor");
  ASSERT_NE(fact, nullptr);
  EXPECT_EQ(fact->role, Role::offload);
  EXPECT_EQ(fact->position, 1);
  EXPECT_FALSE(fact->passes_keywords);
  EXPECT_EQ(knowledge().context("concurrent.futures.ThreadPoolExecutor.submit")->role, Role::offload);
  EXPECT_EQ(knowledge().context("concurrent.futures.ProcessPoolExecutor.submit")->role, Role::process);
  EXPECT_TRUE(knowledge().context("asyncio.DatagramProtocol")->sync_on_loop);
  EXPECT_FALSE(knowledge().context("fastapi.APIRouter.get")->sync_on_loop);
  EXPECT_TRUE(knowledge().context("asyncio.Task.add_done_callback")->sync_on_loop);
  EXPECT_FALSE(knowledge().context("concurrent.futures.Future.add_done_callback")->sync_on_loop);
  EXPECT_EQ(knowledge().context("asyncio.gather")->position, every_position);
  EXPECT_EQ(knowledge().context("myapp.to_thread"), nullptr);
}

TEST(KnowledgeLookup, NamesEquivalentsAndTokens) {
  EXPECT_TRUE(knowledge().is_builtin_name("open"));
  EXPECT_TRUE(knowledge().is_builtin_name("ExceptionGroup"));
  EXPECT_FALSE(knowledge().is_builtin_name("opens"));
  EXPECT_TRUE(knowledge().knows("requests"));
  EXPECT_TRUE(knowledge().knows("requests.sessions"));
  EXPECT_TRUE(knowledge().knows("io.BytesIO"));
  EXPECT_FALSE(knowledge().knows("requests.get"));
  EXPECT_FALSE(knowledge().knows("request"));
  EXPECT_FALSE(knowledge().knows("myapp"));
  EXPECT_TRUE(knowledge().is_class("requests.sessions.Session"));
  EXPECT_FALSE(knowledge().is_class("requests.get"));
  const auto codes = knowledge().equivalents("AWD101");
  EXPECT_EQ(std::vector<std::string_view>(codes.begin(), codes.end()),
            (std::vector<std::string_view>{"ASYNC251", "S7488"}));
  EXPECT_TRUE(knowledge().equivalents("AWD106").empty());
  const auto tokens = knowledge().scan_tokens();
  EXPECT_TRUE(std::is_sorted(tokens.begin(), tokens.end()));
  for (const char* token : {"async", "await", "call_soon", "Protocol", "run_until_complete"})
    EXPECT_TRUE(std::binary_search(tokens.begin(), tokens.end(), token)) << token;
  EXPECT_FALSE(std::binary_search(tokens.begin(), tokens.end(), "get"));
}

TEST(KnowledgeLookup, ConditionsOfARow) {
  const auto one = conditions("0/block=False 1/options~os.WNOHANG /cadata=* ^0/maxsize=! .setblocking=False lazy");
  ASSERT_EQ(one.size(), 5u);
  EXPECT_EQ(one[0].position, 0);
  EXPECT_EQ(one[0].name, "block");
  EXPECT_EQ(one[0].value, "False");
  EXPECT_EQ(one[1].test, Condition::Test::mentions);
  EXPECT_EQ(one[2].position, -1);
  EXPECT_EQ(one[2].test, Condition::Test::given);
  EXPECT_EQ(one[3].of, Condition::Of::constructor);
  EXPECT_EQ(one[3].test, Condition::Test::missing);
  EXPECT_EQ(one[4].of, Condition::Of::receiver);
  EXPECT_EQ(one[4].name, "setblocking");
  for (const char* wrong : {"block", "=False", "x/block=False", "0/", "/=1", "0/a="})
    EXPECT_TRUE(conditions(wrong).empty()) << wrong;
}

TEST(KnowledgeUserLines, AddReplaceAndRemove) {
  std::vector<std::string> problems;
  const auto mine = Knowledge::with_user_lines(
      "# a comment\n"
      "blocking\tlegacy.db.query\tdatabase\t10-100\tE\tlegacy.aio.query\n"
      "blocking\tlegacy.rpc.**\n"
      "blocking\trequests.sessions.Session.get\tconfigured\t\t\tour.http.get\n"
      "types\tlegacy.connect\tcall\tlegacy.Connection\n"
      "classes\tbase\tlegacy.Session\trequests.Session\n"
      "-blocking\ttime.sleep\r\n",
      problems);
  EXPECT_TRUE(problems.empty()) << problems.front();
  EXPECT_EQ(mine->blocking("legacy.db.query")->replacement, "legacy.aio.query");
  EXPECT_EQ(mine->blocking("legacy.db.query")->strength, Strength::certain);
  EXPECT_EQ(mine->blocking("legacy.rpc.deep.call")->kind, BlockingKind::configured);
  EXPECT_EQ(mine->blocking("requests.Session.get")->replacement, "our.http.get");
  EXPECT_EQ(mine->results("legacy.connect", How::call).size(), 1u);
  EXPECT_EQ(mine->blocking("legacy.Session.post")->name, "requests.Session.post");
  EXPECT_EQ(mine->blocking("time.sleep"), nullptr);
  EXPECT_NE(knowledge().blocking("time.sleep"), nullptr) << "the embedded tables stay as they are";
}

TEST(KnowledgeUserLines, ProblemsNameTheLineAndWhatWasExpected) {
  const auto problem = [](std::string_view lines) {
    std::vector<std::string> problems;
    EXPECT_NE(Knowledge::with_user_lines(lines, problems), nullptr);
    return problems.size() == 1 ? problems[0] : std::to_string(problems.size()) + " problems";
  };
  EXPECT_EQ(problem("blocking my.call"),
            "line 1: expected a table and a row with tabs between, for example blocking<tab>my.module.call");
  EXPECT_EQ(problem("\nblocking\tmy.call\thtp").substr(0, 65),
            "line 2: blocking: kind 'htp' is unknown, expected one of sleep, h");
  EXPECT_EQ(problem("blocked\tmy.call"),
            "line 1: blocked: is no table, expected blocking, types, contexts, classes, equivalents or builtins");
  EXPECT_EQ(problem("blocking\t\thttp"), "line 1: blocking: column 1 must be a dotted name");
  EXPECT_EQ(problem("types\tmy.call\tcall\tC\tone"), "line 1: types: index 'one' is no number");
  EXPECT_EQ(problem("-blocking\tno.such").substr(0, 26), "line 1: nothing to remove:");
  EXPECT_NE(problem("blocking\tmy.call\t\t\t\t\t\t\t\t\tblock=False").find("is no condition"), std::string::npos);
  EXPECT_NE(problem("types\tmy.call\tcall\tC\t0\tnote\tmore").find("has 6 columns"), std::string::npos);
  EXPECT_NE(problem(std::string("blocking") + std::string(40, '\t')).find("more columns"), std::string::npos);
}

// A row is only worth its place when a call of it can be written down; the engine's test then runs these.
TEST(KnowledgeSnippets, ThereIsOneForEveryRow) {
  for (const BlockingFact& fact : knowledge().blocking_facts()) {
    const std::string snippet = snippet_for(fact, knowledge());
    EXPECT_NE(snippet.find("async def use("), std::string::npos) << fact.name;
    EXPECT_TRUE(fact.name.starts_with("builtins.") || snippet.starts_with("import ")) << fact.name;
  }
  EXPECT_EQ(snippet_for(*knowledge().fact("redis.Redis.get"), knowledge()),
            "import redis\n\n\nasync def use(x: redis.Redis):\n    x.get()\n");
  EXPECT_EQ(snippet_for(*knowledge().fact("sys.stdin.read"), knowledge()),
            "import sys\n\n\nasync def use():\n    sys.stdin.read()\n");
}

}  // namespace
}  // namespace awaitd::analysis
