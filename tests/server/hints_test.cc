// What is shown beside diagnostics: inlay hints, code lenses, links in comments, tags, hovers without a finding.
#include <gtest/gtest.h>

#include "lsp_client.h"

namespace awaitd::server {
namespace {

const std::string kUri = "file:///ws/a.py";
const std::string kProgram = R"(import time
import asyncio
import aiohttp


def wait():
    time.sleep(1)


def load(path):
    wait()


async def handler():
    load("x"); session = aiohttp.ClientSession()
    await session.get("http://example.org")
    await asyncio.to_thread(load, "y")


def lonely():
    return 1


def main():
    asyncio.run(handler())
)";

struct Hints : testing::TestWithParam<unsigned> {  // threads
  Hints() : client({.threads = GetParam(), .capabilities = pulling_capabilities()}) {
    client.initialize();
    client.open(kUri, kProgram);
  }
  json hints(unsigned from, unsigned to, const std::string& uri = kUri) {
    const json range = {{"start", {{"line", from}, {"character", 0}}}, {"end", {{"line", to}, {"character", 0}}}};
    return client.request("textDocument/inlayHint", {{"textDocument", {{"uri", uri}}}, {"range", range}})["result"];
  }
  std::string hover(unsigned line, unsigned character) {
    const json result = client.request("textDocument/hover", LspClient::place(kUri, line, character))["result"];
    return result.is_null() ? "" : result["contents"]["value"].get<std::string>();
  }
  json lenses() { return client.request("textDocument/codeLens", {{"textDocument", {{"uri", kUri}}}})["result"]; }
  void set(const json& settings) {
    client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", settings}}}});
  }
  LspClient client;
};

TEST_P(Hints, SayHowFarDownTheLoopIsBlockedAndWhatTheTimeoutIs) {
  const json all = hints(0, 30);
  ASSERT_EQ(all.size(), 2U) << all.dump();
  EXPECT_EQ(all[0]["label"], "blocks the loop 2 calls down");
  EXPECT_EQ(all[0]["position"], (json{{"line", 14}, {"character", 13}}));
  EXPECT_EQ(all[0]["tooltip"], "`load()` -> `wait()` -> `time.sleep()`");
  EXPECT_EQ(all[1]["label"], "timeout: 300 s in total");
  EXPECT_EQ(all[1]["position"]["line"], 15);
  EXPECT_EQ(hints(0, 12), json::array());  // only what is asked for
  EXPECT_EQ(hints(0, 12, "file:///other.py"), json::array());
}

TEST_P(Hints, AreSilentWhereACommentSilencesWhatTheyTell) {
  int version = 1;
  const auto with = [&](const std::string& comment) {
    std::string text = kProgram;
    text.insert(text.find("\n    await session"), comment);
    client.change(kUri, ++version, {{{"text", text}}});
    std::vector<std::string> labels;
    for (const json& hint : hints(0, 30)) labels.push_back(hint["label"]);
    return labels;
  };
  const std::string blocks = "blocks the loop 2 calls down", timeout = "timeout: 300 s in total";
  EXPECT_EQ(with("  # awaitd: ignore[AWD110]"), std::vector{timeout});
  EXPECT_EQ(with("  # noqa"), std::vector{timeout});
  EXPECT_EQ(with("  # noqa: AWD203"), (std::vector{blocks, timeout}));  // says something else
  EXPECT_EQ(with("\n    # awaitd: ignore-file[AWD601]"), std::vector{blocks});
}

TEST_P(Hints, CanBeSwitchedOffAndOn) {
  EXPECT_EQ(hints(0, 30).size(), 2U);
  set({{"inlay-hints", false}});
  client.answer(client.next("workspace/inlayHint/refresh"));
  EXPECT_EQ(hints(0, 30), json::array());
  client.forget("workspace/inlayHint/refresh");
  client.forget("workspace/codeLens/refresh");
}

TEST_P(Hints, AreAskedForAgainWhenTheSameTextMeansSomethingElse) {
  hints(0, 30);
  set({{"ignore", {"AWD101"}}});
  client.answer(client.next("workspace/inlayHint/refresh"));
  client.answer(client.next("workspace/codeLens/refresh"));
  set({{"ignore", {"AWD102"}}});  // it has not asked since
  EXPECT_FALSE(client.unread());
}

TEST_P(Hints, LensesAreForThoseWhoWantThem) {
  EXPECT_EQ(lenses(), json::array());
  set({{"code-lens", true}});
  client.answer(client.next("workspace/codeLens/refresh"));
  std::map<int, std::string> titles;
  for (const json& lens : lenses()) {
    EXPECT_FALSE(lens.contains("command"));
    const json resolved = client.request("codeLens/resolve", lens)["result"];
    titles[lens["range"]["start"]["line"].get<int>()] = resolved["command"]["title"].get<std::string>();
  }
  EXPECT_EQ(titles[5], "on the loop: handler() -> load() -> wait(); blocks it");
  EXPECT_EQ(titles[9], "on the loop: handler() -> load(); blocks it 1 call down");
  EXPECT_EQ(titles[13], "on the loop; blocks it 2 calls down");
  EXPECT_EQ(titles[19], "no caller known");
  json broken = {{"range", {}}, {"data", 1}};
  EXPECT_EQ(client.request("codeLens/resolve", broken)["error"]["code"], -32602);
  client.forget("workspace/inlayHint/refresh");
  client.forget("workspace/codeLens/refresh");
}

TEST_P(Hints, HoversSayWhereCodeRunsWithoutAFinding) {
  EXPECT_EQ(hover(9, 5),
            "`load()` runs on the event loop: `handler()` -> `load()`.\n\nIt blocks the loop: `load()` -> "
            "`wait()` -> `time.sleep()`.");
  EXPECT_EQ(hover(13, 12),
            "`handler()` is a coroutine function: it runs on the event loop.\n\nIt blocks the loop: "
            "`handler()` -> `load()` -> `wait()` -> `time.sleep()`.");
  EXPECT_EQ(hover(10, 5),
            "`wait()` runs on the event loop: `handler()` -> `load()` -> `wait()`.\n\nIt blocks the loop: "
            "`wait()` -> `time.sleep()`.");
  EXPECT_EQ(hover(16, 20), "`asyncio.to_thread()` runs what it is handed in a worker thread.");
  EXPECT_EQ(hover(19, 6), "`lonely()` is a plain function that nobody known calls: it runs where its callers do.");
  EXPECT_EQ(hover(6, 10), "`time.sleep()` blocks the thread it runs on; the async way: `asyncio.sleep`.");
  EXPECT_EQ(hover(20, 8), "");
}

INSTANTIATE_TEST_SUITE_P(Threads, Hints, testing::Values(0U, 2U));

TEST(Links, LeadFromCommentsToThePagesOfRules) {
  LspClient client({.capabilities = pulling_capabilities()});
  client.initialize();
  client.open(
      kUri,
      "# awaitd: ignore-file[AWD102]\nimport time\n\n\nasync def f():\n    s = '\xF0\x9F\x98\x80'; time.sleep(1)  "
      "# noqa: E501, AWD101\n    x = 'AWD101'  # about AWD101\n    # awaitd: ignore[blocking-sleep]\n");
  const json links = client.request("textDocument/documentLink", {{"textDocument", {{"uri", kUri}}}})["result"];
  ASSERT_EQ(links.size(), 3U) << links.dump();
  EXPECT_EQ(links[0]["range"]["start"], (json{{"line", 0}, {"character", 22}}));
  EXPECT_EQ(links[1]["range"]["start"], (json{{"line", 5}, {"character", 43}}));
  EXPECT_EQ(links[1]["target"], "https://awaitd.dev/rules/blocking-sleep");
  EXPECT_EQ(links[2]["range"]["end"], (json{{"line", 7}, {"character", 35}}));
  EXPECT_EQ(links[1]["tooltip"].get<std::string>().rfind("AWD101 blocking-sleep: ", 0), 0U);
}

TEST(Tags, FollowTheRule) {
  const std::string text =
      "import asyncio\n\n\nasync def f():\n    asyncio.get_event_loop()\n    async with asyncio.timeout(1):\n        x "
      "= "
      "1\n    return x\n";
  for (const bool tags : {true, false}) {
    json capabilities = full_capabilities();
    if (!tags) capabilities["textDocument"]["publishDiagnostics"].erase("tagSupport");
    LspClient client({.capabilities = capabilities, .initialization_options = {{"target-python", "3.12"}}});
    client.initialize();
    client.open(kUri, text);
    std::map<std::string, json> found;
    const json published = client.diagnostics();
    for (const json& one : published["diagnostics"]) found[one["code"].get<std::string>()] = one.value("tags", json());
    ASSERT_EQ(found.size(), 2u) << json(found).dump();
    EXPECT_EQ(found.at("AWD503"), tags ? json::array({2}) : json());
    EXPECT_EQ(found.at("AWD604"), tags ? json::array({1}) : json());
  }
}

TEST(Documentation, OfCodeActionsOpensThePages) {
  json capabilities = pulling_capabilities();
  capabilities["textDocument"]["codeAction"]["documentationSupport"] = true;
  LspClient client({.capabilities = capabilities});
  const json offered = client.initialize()["capabilities"];
  const json entry = offered["codeActionProvider"]["documentation"][0];
  EXPECT_EQ(entry["kind"], "quickfix");
  EXPECT_EQ(offered["executeCommandProvider"]["commands"], json::array({entry["command"]["command"]}));
  EXPECT_EQ(client.request("workspace/executeCommand", {{"command", entry["command"]["command"]}})["result"], json());
  const json shown = client.next("window/showDocument");
  EXPECT_EQ(shown["params"]["uri"], "https://awaitd.dev/rules/");
  client.answer(shown, {{"success", true}});
  EXPECT_EQ(client.request("workspace/executeCommand", {{"command", "awaitd.other"}})["error"]["code"], -32602);
}

}  // namespace
}  // namespace awaitd::server
