// Several workspace folders: a fix that reaches over files sees who calls a helper from another one.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "lsp_client.h"
#include "protocol/uri.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kHelper = "import time\n\n\ndef load():\n    time.sleep(1)\n";
const std::string kMain = "from app.helper import load\n\n\nasync def main():\n    load()\n";

struct Folders : testing::Test {
  Folders() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("one/.git/HEAD", "");
    write("one/app/__init__.py", "");
    write("one/app/helper.py", kHelper);
    write("one/app/main.py", kMain);
    write("two/.git/HEAD", "");
  }
  ~Folders() override {
    client.reset();
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }
  void start(const std::vector<std::string>& names) {
    json folders = json::array();
    for (const std::string& name : names) folders.push_back({{"uri", uri(name)}, {"name", name}});
    client.emplace();
    client->initialize_with({{"processId", nullptr},
                             {"rootUri", nullptr},
                             {"capabilities", full_capabilities()},
                             {"workspaceFolders", folders}});
    client->open(uri("one/app/main.py"), kMain);
    EXPECT_EQ(client->diagnostics()["diagnostics"].size(), 1U);
  }
  json make_async() {
    const json actions =
        client->request("textDocument/codeAction", LspClient::code_action(uri("one/app/main.py"), 4, 5))["result"];
    const auto found = std::find_if(actions.begin(), actions.end(), [](const json& one) {
      return one["title"].get<std::string>().rfind("Make ", 0) == 0;
    });
    return found == actions.end() ? json() : *found;
  }
  std::map<std::string, json> edits(const json& action) {
    std::map<std::string, json> found;
    const json resolved = client->request("codeAction/resolve", action)["result"];
    EXPECT_TRUE(resolved.contains("edit")) << resolved;
    for (const json& file : resolved["edit"]["documentChanges"]) {
      found[file["textDocument"]["uri"]] = file["edits"];
    }
    return found;
  }

  fs::path folder;
  std::optional<LspClient> client;
};

TEST_F(Folders, MakeAsyncAwaitsTheCallersInAnother) {
  write("two/tool.py", "import app.helper\n\n\nasync def run():\n    app.helper.load()\n");
  write("two/quiet.py", "def load():\n    return 'app'\n\n\nload()\n");  // both words, another load
  start({"one", "two"});
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_EQ(action["title"], "Make load() async and await it in 2 places, 3 files");
  const auto found = edits(action);
  ASSERT_EQ(found.count(uri("two/tool.py")), 1U);
  EXPECT_EQ(found.at(uri("two/tool.py"))[0]["newText"], "await ");
  EXPECT_EQ(found.count(uri("two/quiet.py")), 0U);
}

TEST_F(Folders, ACallerThatCannotAwaitRefusesAll) {
  write("two/tool.py", "import app.helper\n\napp.helper.load()\n");
  start({"one", "two"});
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_EQ(action["disabled"]["reason"], "load() is called where no await can stand: tool.py, line 3");
  EXPECT_FALSE(action.contains("edit"));
}

TEST_F(Folders, ACallerThatNobodyMayWriteRefusesAll) {
  write("two/tool.py", "import app.helper\n\n\nasync def run():\n    app.helper.load()\n");
  fs::permissions(folder / "two/tool.py", fs::perms::owner_read | fs::perms::group_read);
  start({"one", "two"});
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_EQ(action["disabled"]["reason"],
            "it would have to change " + (folder / "two/tool.py").string() + ", which is read-only");
  EXPECT_FALSE(action.contains("edit"));
}

// A folder with an app of its own means that one.
TEST_F(Folders, NamesMeanTheirOwnFolderFirst) {
  write("two/app/__init__.py", "");
  write("two/app/helper.py", "def load():\n    return 1\n");
  write("two/tool.py", "import app.helper\n\napp.helper.load()\n");
  start({"one", "two"});
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_FALSE(action.contains("disabled")) << action;
  EXPECT_EQ(edits(action).size(), 2U);
}

TEST_F(Folders, WhatIsNotInTheWorkspaceIsNobodysBusiness) {
  write("two/tool.py", "import app.helper\n\napp.helper.load()\n");
  start({"one"});
  const json action = make_async();
  ASSERT_FALSE(action.is_null());
  EXPECT_FALSE(action.contains("disabled")) << action;
}

}  // namespace
}  // namespace awaitd::server
