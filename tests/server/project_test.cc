// Documents that see each other: findings through helpers in other files, open or on disk.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "lsp_client.h"
#include "protocol/uri.h"
#include "server/documents/drift.h"
#include "server/project/roots.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kSlow = "import time\n\n\ndef load():\n    s = \"\xF0\x9F\x98\x80\"; time.sleep(1)\n";
const std::string kQuiet = "import time\n\n\ndef load():\n    return time.monotonic()\n";
const std::string kMain = "from app.helper import load\n\n\nasync def main():\n    load()\n";

struct ProjectSession : testing::TestWithParam<unsigned> {  // threads
  ProjectSession() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    fs::create_directory(folder / ".git");
    write("src/app/__init__.py", "");
    write("src/app/helper.py", kQuiet);
    write("src/app/main.py", kMain);
    client.emplace(ClientOptions{.threads = GetParam(), .root_uri = protocol::path_to_uri(folder.string())});
    client->initialize();
    client->forget("$/logTrace");
    client->notify("$/setTrace", {{"value", "messages"}});
  }
  ~ProjectSession() override {
    client.reset();
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }
  // The diagnostics of the next publication, which must be for this file.
  json published(const std::string& name) {
    const json params = client->diagnostics();
    EXPECT_EQ(params["uri"], uri(name));
    return params["diagnostics"];
  }
  void watched(const std::string& name, int type) {
    client->notify("workspace/didChangeWatchedFiles",
                   {{"changes", json::array({{{"uri", uri(name)}, {"type", type}}})}});
  }
  // A request goes behind all jobs of now when there is one thread; without threads all of them have run.
  std::string replace(const std::string& name, int version, const std::string& text) {
    client->change(uri(name), version, json::array({{{"text", text}}}));
    return text;
  }

  fs::path folder;
  std::optional<LspClient> client;
};

TEST_P(ProjectSession, AHelperOnDiskIsSeen) {
  write("src/app/helper.py", kSlow);
  client->open(uri("src/app/main.py"), kMain);
  const json found = published("src/app/main.py");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["code"], "AWD110");
  ASSERT_FALSE(found[0]["relatedInformation"].empty());
  const json& place = found[0]["relatedInformation"].back()["location"];
  EXPECT_EQ(place["uri"], uri("src/app/helper.py"));
  EXPECT_EQ(place["range"]["start"], (json{{"line", 4}, {"character", 14}}));  // UTF-16
}

TEST_P(ProjectSession, AnEditInOneDocumentShowsInAnother) {
  client->open(uri("src/app/helper.py"), kQuiet);
  EXPECT_TRUE(published("src/app/helper.py").empty());
  client->open(uri("src/app/main.py"), kMain, 5);
  EXPECT_TRUE(published("src/app/main.py").empty());

  replace("src/app/helper.py", 2, kSlow);
  EXPECT_TRUE(published("src/app/helper.py").empty());
  const json params = client->diagnostics();
  EXPECT_EQ(params["uri"], uri("src/app/main.py"));
  EXPECT_EQ(params["version"], 5);
  ASSERT_EQ(params["diagnostics"].size(), 1U);
  const json& found = params["diagnostics"][0];
  EXPECT_EQ(found["code"], "AWD110");
  const json& place = found["relatedInformation"].back()["location"];
  EXPECT_EQ(place["uri"], uri("src/app/helper.py"));
  EXPECT_EQ(place["range"]["start"], (json{{"line", 4}, {"character", 14}}));

  replace("src/app/helper.py", 3, kQuiet);
  EXPECT_TRUE(published("src/app/helper.py").empty());
  EXPECT_TRUE(published("src/app/main.py").empty());
  EXPECT_FALSE(client->unread());
}

TEST_P(ProjectSession, WhatOthersCannotSeeAnalysesNothing) {
  client->open(uri("src/app/helper.py"), kSlow);
  published("src/app/helper.py");
  client->open(uri("src/app/main.py"), kMain);
  EXPECT_EQ(published("src/app/main.py").size(), 1U);
  const auto before = client->session.projects().counters();
  client->host.drain();
  const auto analysed = [&] {
    std::size_t count = 0;
    for (json line; client->unread_of("$/logTrace");) {
      line = client->next("$/logTrace");
      count += line["params"]["message"].get<std::string>().find("main.py: analysed") != std::string::npos ? 1 : 0;
    }
    return count;
  };
  analysed();
  client->change(uri("src/app/helper.py"), 2, json::array({LspClient::edit(0, 0, 0, 0, "# one\n# two\n")}));
  published("src/app/helper.py");
  EXPECT_EQ(client->session.projects().counters().replaced, before.replaced);
  EXPECT_EQ(analysed(), 0U);
  // The next time its place is right nevertheless.
  client->change(uri("src/app/main.py"), 2, json::array({LspClient::edit(0, 0, 0, 0, "# x\n")}));
  const json found = published("src/app/main.py");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["relatedInformation"].back()["location"]["range"]["start"],
            (json{{"line", 6}, {"character", 14}}));
}

TEST_P(ProjectSession, ClosingFallsBackToTheDisk) {
  client->open(uri("src/app/helper.py"), kSlow);
  published("src/app/helper.py");
  client->open(uri("src/app/main.py"), kMain);
  EXPECT_EQ(published("src/app/main.py").size(), 1U);
  client->close(uri("src/app/helper.py"));
  EXPECT_TRUE(published("src/app/main.py").empty());
}

TEST_P(ProjectSession, AFileChangesOnDisk) {
  client->open(uri("src/app/main.py"), kMain);
  EXPECT_TRUE(published("src/app/main.py").empty());
  write("src/app/helper.py", kSlow);
  watched("src/app/helper.py", 2);
  EXPECT_EQ(published("src/app/main.py").size(), 1U);
  fs::remove(folder / "src/app/helper.py");
  watched("src/app/helper.py", 3);
  EXPECT_TRUE(published("src/app/main.py").empty());
  write("src/app/helper.py", kSlow);
  watched("src/app/helper.py", 1);
  EXPECT_EQ(published("src/app/main.py").size(), 1U);
}

TEST_P(ProjectSession, ADocumentThatIsNotOnDiskYet) {
  fs::remove(folder / "src/app/helper.py");
  client->open(uri("src/app/main.py"), kMain);
  EXPECT_TRUE(published("src/app/main.py").empty());
  client->open(uri("src/app/helper.py"), kSlow);
  EXPECT_TRUE(published("src/app/helper.py").empty());
  EXPECT_EQ(published("src/app/main.py").size(), 1U);
  client->close(uri("src/app/helper.py"));
  EXPECT_TRUE(published("src/app/main.py").empty());
}

TEST_P(ProjectSession, FixesAndHoversWhereTheFindingComesFromElsewhere) {
  write("src/app/helper.py", kSlow);
  client->open(uri("src/app/main.py"), kMain);
  const json found = published("src/app/main.py");
  ASSERT_EQ(found.size(), 1U);
  const json actions =
      client->request("textDocument/codeAction", LspClient::code_action(uri("src/app/main.py"), 4, 5))["result"];
  ASSERT_FALSE(actions.empty());
  EXPECT_EQ(actions[0]["diagnostics"][0], found[0]);
  const json hover = client->request("textDocument/hover", LspClient::place(uri("src/app/main.py"), 4, 5))["result"];
  EXPECT_NE(hover.dump().find("AWD110"), std::string::npos);
}

// One edit over an open file with its caller, an open helper and a file that nobody has opened: all with the version
// the client knows, so that it refuses the whole where one of them has moved on.
TEST_P(ProjectSession, MakeAsyncIsOneEditOverFiles) {
  const std::string more =
      "import app.helper\n\n\ndef between():\n    app.helper.load()\n\n\n"
      "async def page():\n    between()\n";
  write("src/app/more.py", more);
  client->open(uri("src/app/helper.py"), kSlow, 3);
  EXPECT_TRUE(published("src/app/helper.py").empty());
  client->open(uri("src/app/main.py"), kMain, 7);
  ASSERT_EQ(published("src/app/main.py").size(), 1U);
  const auto make_async = [&]() -> json {
    const json actions =
        client->request("textDocument/codeAction", LspClient::code_action(uri("src/app/main.py"), 4, 5))["result"];
    const auto found = std::find_if(actions.begin(), actions.end(), [](const json& one) {
      return one["title"].get<std::string>().rfind("Make ", 0) == 0;
    });
    return found == actions.end() ? json() : *found;
  };
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_EQ(action["title"], "Make load() and between() async and await them in 3 places, 3 files");
  EXPECT_FALSE(action.value("isPreferred", false));
  const json edit = client->request("codeAction/resolve", action)["result"]["edit"];
  std::map<std::string, json> versions, edits;
  for (const json& file : edit["documentChanges"]) {
    versions[file["textDocument"]["uri"]] = file["textDocument"]["version"];
    edits[file["textDocument"]["uri"]] = file["edits"];
  }
  EXPECT_EQ(versions,
            (std::map<std::string, json>{
                {uri("src/app/helper.py"), 3}, {uri("src/app/main.py"), 7}, {uri("src/app/more.py"), json()}}));
  const auto inserted = [](unsigned line, unsigned character, const std::string& text) -> json {
    const json place{{"line", line}, {"character", character}};
    return {{"range", {{"start", place}, {"end", place}}}, {"newText", text}};
  };
  EXPECT_EQ(edits[uri("src/app/main.py")], json::array({inserted(4, 4, "await ")}));
  EXPECT_EQ(edits[uri("src/app/more.py")],
            json::array({inserted(3, 0, "async "), inserted(4, 4, "await "), inserted(8, 4, "await ")}));
  EXPECT_NE(edits[uri("src/app/helper.py")].dump().find("asyncio.sleep(1)"), std::string::npos);

  // Somebody who calls it at module level: it is not offered any more, and told why.
  write("src/app/more.py", more + "\n\nbetween()\n");
  watched("src/app/more.py", 2);
  const json refused = make_async();
  EXPECT_EQ(refused["disabled"]["reason"], "between() is called where no await can stand: more.py, line 12");
  EXPECT_FALSE(refused.contains("edit") || refused.contains("data")) << refused;
  EXPECT_FALSE(client->request("codeAction/resolve", action)["result"].contains("edit"));
}

INSTANTIATE_TEST_SUITE_P(Threads, ProjectSession, testing::Values(0U, 2U));

TEST(Drift, FollowsEdits) {
  Drift drift;
  drift.edited({0, 0, 10});
  EXPECT_EQ(drift.moved({5, 8}), (analysis::Range{15, 18}));
  const std::uint64_t then = drift.now();
  drift.edited({0, 4, 0});
  EXPECT_EQ(drift.moved({5, 8}), (analysis::Range{11, 14}));
  drift.shown(then);
  EXPECT_EQ(drift.moved({15, 18}), (analysis::Range{11, 14}));
  for (int i = 0; i < 5000; ++i) drift.edited({0, 0, 1});
  EXPECT_TRUE(drift.lost());
  EXPECT_EQ(drift.moved({15, 18}), std::nullopt);
  drift.shown(drift.now());
  EXPECT_FALSE(drift.lost());
  EXPECT_EQ(drift.moved({15, 18}), (analysis::Range{15, 18}));
}

}  // namespace
}  // namespace awaitd::server
