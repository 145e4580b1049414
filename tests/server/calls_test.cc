// Call hierarchy over open documents and files: who calls whom, and where it runs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lsp_client.h"
#include "protocol/uri.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kHelper = R"(import time


def load(path):
    return read(path)


def read(path):
    time.sleep(1)


def report():
    read("x")
)";
const std::string kMain = R"(import asyncio
from helper import load, report


async def handler():
    load("x")
    await asyncio.to_thread(report)
    load("y")


class Store:
    def get(self):
        return load("z")


asyncio.run(handler())
)";

struct CallHierarchy : testing::TestWithParam<unsigned> {  // threads
  CallHierarchy() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-calls-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("helper.py", kHelper);
    write("main.py", kMain);
    write("other.py", "from helper import load\n\n\nasync def other():\n    load('\xC3\xBC'); load('v')\n");
    write("nothing.py", "def load():\n    pass\n\n\nload()\n");
    client.emplace(ClientOptions{.threads = GetParam(),
                                 .capabilities = pulling_capabilities(),
                                 .root_uri = protocol::path_to_uri(folder.string())});
    client->initialize();
  }
  ~CallHierarchy() override {
    client.reset();
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }
  void open(const std::string& name, const std::string& text) {
    client->open(uri(name), text);
    client->request("textDocument/diagnostic", {{"textDocument", {{"uri", uri(name)}}}});  // it is analysed now
  }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }
  json prepare(const std::string& name, unsigned line, unsigned character) {
    return client->request("textDocument/prepareCallHierarchy", LspClient::place(uri(name), line, character))["result"];
  }
  // "name: detail: count of places" by the other function's name.
  std::map<std::string, std::string> calls(const char* method, const char* end, const json& item) {
    std::map<std::string, std::string> out;
    const json found = client->request(method, {{"item", item}})["result"];
    for (const json& call : found) {
      out[call[end]["name"].get<std::string>()] =
          call[end]["detail"].get<std::string>() + " x" + std::to_string(call["fromRanges"].size());
    }
    return out;
  }
  std::map<std::string, std::string> incoming(const json& item) {
    return calls("callHierarchy/incomingCalls", "from", item);
  }
  std::map<std::string, std::string> outgoing(const json& item) {
    return calls("callHierarchy/outgoingCalls", "to", item);
  }
  using Found = std::map<std::string, std::string>;
  fs::path folder;
  std::optional<LspClient> client;
};

TEST_P(CallHierarchy, TellsHowAHelperGetsOntoTheLoop) {
  open("helper.py", kHelper);
  open("main.py", kMain);
  const json items = prepare("helper.py", 3, 6);
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0]["name"], "load");
  EXPECT_EQ(items[0]["detail"], "on the loop - helper");
  EXPECT_EQ(items[0]["selectionRange"]["start"], (json{{"line", 3}, {"character", 4}}));
  EXPECT_EQ(items[0]["range"]["end"]["line"], 4);
  EXPECT_EQ(incoming(items[0]), (Found{{"handler", "on the loop - main x2"},
                                       {"Store.get", "unknown - main x1"},
                                       {"other", "on the loop - other x2"}}));
  EXPECT_EQ(outgoing(items[0]), (Found{{"read", "on the loop - helper x1"}}));
}

TEST_P(CallHierarchy, WhatIsHandedToAThreadIsOffTheLoop) {
  open("main.py", kMain);
  open("helper.py", kHelper);
  const json report = prepare("main.py", 6, 30);  // at its use
  ASSERT_EQ(report.size(), 1U);
  EXPECT_EQ(report[0]["uri"], uri("helper.py"));
  EXPECT_EQ(report[0]["detail"], "off the loop - helper");
  EXPECT_EQ(incoming(report[0]), (Found{{"handler", "on the loop - main x1"}}));
  const json handler = prepare("main.py", 4, 12);
  EXPECT_EQ(outgoing(handler[0]), (Found{{"load", "on the loop - helper x2"}, {"report", "off the loop - helper x1"}}));
  EXPECT_EQ(incoming(handler[0]), (Found{{"main", "off the loop - main x1"}}));
}

TEST_P(CallHierarchy, PlacesFollowTheTextOfAnOpenDocument) {
  open("helper.py", kHelper);
  open("main.py", kMain);
  client->change(uri("helper.py"), 2, json::array({LspClient::edit(0, 0, 0, 0, "# one\n# two\n")}));
  const json load = prepare("main.py", 5, 6);
  ASSERT_EQ(load.size(), 1U);
  EXPECT_EQ(load[0]["selectionRange"]["start"]["line"], 5);
}

TEST_P(CallHierarchy, OfAFileThatIsNotOpen) {
  open("main.py", kMain);
  const json load = prepare("main.py", 5, 6);
  ASSERT_EQ(load.size(), 1U);
  EXPECT_EQ(load[0]["uri"], uri("helper.py"));
  EXPECT_EQ(outgoing(load[0]), (Found{{"read", "unknown - helper x1"}}));
}

TEST_P(CallHierarchy, OnNothing) {
  open("main.py", kMain);
  EXPECT_EQ(prepare("main.py", 2, 0), json());
  EXPECT_EQ(prepare("main.py", 99, 0), json());
  json item = prepare("main.py", 4, 12)[0];
  item["data"] = 3;
  EXPECT_EQ(client->request("callHierarchy/incomingCalls", {{"item", item}})["error"]["code"], -32602);
}

INSTANTIATE_TEST_SUITE_P(Threads, CallHierarchy, testing::Values(0U, 2U));

}  // namespace
}  // namespace awaitd::server
