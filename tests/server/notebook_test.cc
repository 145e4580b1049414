// Notebooks: the cells are one module, what is found goes back to its cell.
#include "server/documents/notebook.h"

#include <gtest/gtest.h>

#include "lsp_client.h"

namespace awaitd::server {
namespace {

const std::string kBook = "file:///ws/book.ipynb";

std::string cell_uri(int number) { return "vscode-notebook-cell:/ws/book.ipynb#cell" + std::to_string(number); }
json cell(int number, int kind = 2) { return {{"kind", kind}, {"document", cell_uri(number)}}; }
json item(int number, const std::string& text, const std::string& language = "python") {
  return {{"uri", cell_uri(number)}, {"languageId", language}, {"version", 1}, {"text", text}};
}

struct NotebookSession : testing::TestWithParam<unsigned> {  // threads
  NotebookSession() : client({.threads = GetParam(), .capabilities = pulling_capabilities()}) { client.initialize(); }
  void open(const std::vector<std::string>& texts) {
    json cells = json::array({cell(0, 1)}), items = json::array({item(0, "# A *title*", "markdown")});
    for (std::size_t i = 0; i < texts.size(); ++i) {
      cells.push_back(cell(static_cast<int>(i) + 1));
      items.push_back(item(static_cast<int>(i) + 1, texts[i]));
    }
    client.notify(
        "notebookDocument/didOpen",
        {{"notebookDocument", {{"uri", kBook}, {"notebookType", "jupyter-notebook"}, {"version", 1}, {"cells", cells}}},
         {"cellTextDocuments", items}});
  }
  void change(const json& cells) {
    client.notify("notebookDocument/didChange",
                  {{"notebookDocument", {{"uri", kBook}, {"version", ++version}}}, {"change", {{"cells", cells}}}});
  }
  // Codes by cell, as they are shown after everything has come.
  std::map<std::string, std::vector<std::string>> shown() {
    for (int number : {1, 2, 3, 7}) {  // a request waits for the analysis
      client.request("textDocument/hover", LspClient::place(cell_uri(number), 0, 0));
    }
    while (client.unread_of("textDocument/publishDiagnostics")) {
      const json params = client.diagnostics();
      auto& codes = published[params["uri"].get<std::string>()];
      codes.clear();
      for (const json& one : params["diagnostics"]) {
        codes.push_back(one["code"].get<std::string>() + " at " +
                        std::to_string(one["range"]["start"]["line"].get<int>()));
      }
    }
    std::erase_if(published, [](const auto& entry) { return entry.second.empty(); });
    return published;
  }
  using Shown = std::map<std::string, std::vector<std::string>>;
  LspClient client;
  int version = 1;
  Shown published;
};

TEST_P(NotebookSession, CellsAreOneModule) {
  open({"import time", "%time x = 1\nasync def f():\n    time.sleep(1)\n", "!ls\nawait f()", "%%bash\nasync def"});
  EXPECT_EQ(shown(), (Shown{{cell_uri(2), {"AWD101 at 2"}}}));  // and top-level await is allowed
}

TEST_P(NotebookSession, ALoopRunsAlready) {
  open({"import asyncio\n\nasync def main():\n    pass\n", "asyncio.run(main())"});
  EXPECT_EQ(shown(), (Shown{{cell_uri(2), {"AWD501 at 0"}}}));
  const json actions = client.request("textDocument/codeAction", LspClient::code_action(cell_uri(2), 0, 3))["result"];
  ASSERT_FALSE(actions.empty());
  const json edit = client.request("codeAction/resolve", actions[0])["result"]["edit"];
  EXPECT_EQ(edit["documentChanges"][0]["textDocument"], (json{{"uri", cell_uri(2)}, {"version", 1}}));
  EXPECT_EQ(applied("asyncio.run(main())", edit), "await main()");
}

TEST_P(NotebookSession, CellsChangeComeGoAndMove) {
  open({"import time", "async def f():\n    pass\n", "y = 2"});
  EXPECT_EQ(shown(), Shown{});
  change({{"textContent", json::array({{{"document", {{"uri", cell_uri(2)}, {"version", 2}}},
                                        {"changes", json::array({LspClient::edit(1, 4, 1, 8, "time.sleep(1)")})}}})}});
  EXPECT_EQ(shown(), (Shown{{cell_uri(2), {"AWD101 at 1"}}}));
  // A new first cell moves the others.
  change({{"structure",
           {{"array", {{"start", 1}, {"deleteCount", 0}, {"cells", json::array({cell(7)})}}},
            {"didOpen", json::array({item(7, "a = 1\nb = 2\n")})}}}});
  EXPECT_EQ(shown(), (Shown{{cell_uri(2), {"AWD101 at 1"}}}));
  // The cell with the import goes.
  change({{"structure",
           {{"array", {{"start", 2}, {"deleteCount", 1}}}, {"didClose", json::array({{{"uri", cell_uri(1)}}})}}}});
  EXPECT_EQ(shown(), Shown{});
  client.notify("notebookDocument/didSave", {{"notebookDocument", {{"uri", kBook}}}});
  client.notify("notebookDocument/didClose",
                {{"notebookDocument", {{"uri", kBook}}}, {"cellTextDocuments", json::array()}});
  EXPECT_EQ(shown(), Shown{});
  EXPECT_EQ(client.request("textDocument/hover", LspClient::place(cell_uri(2), 0, 0))["result"], json());
}

TEST_P(NotebookSession, HoversHintsAndLinksAreOfTheCell) {
  open({"import time\n\ndef load():\n    time.sleep(1)\n", "async def f():\n    load()  # noqa: AWD203\n"});
  shown();
  const json hover = client.request("textDocument/hover", LspClient::place(cell_uri(2), 1, 5))["result"];
  ASSERT_TRUE(hover.is_object());
  EXPECT_EQ(hover["range"]["start"], (json{{"line", 1}, {"character", 4}}));
  const json range = {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 9}, {"character", 0}}}};
  const json hints =
      client.request("textDocument/inlayHint", {{"textDocument", {{"uri", cell_uri(2)}}}, {"range", range}})["result"];
  ASSERT_EQ(hints.size(), 1U);
  EXPECT_EQ(hints[0]["position"]["line"], 1);
  const json links = client.request("textDocument/documentLink", {{"textDocument", {{"uri", cell_uri(2)}}}})["result"];
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0]["range"]["start"]["line"], 1);
  EXPECT_EQ(client.request("textDocument/documentLink", {{"textDocument", {{"uri", cell_uri(1)}}}})["result"],
            json::array());
  EXPECT_EQ(client.request("textDocument/diagnostic", {{"textDocument", {{"uri", cell_uri(2)}}}})["result"]["items"],
            json::array());  // pushed already
}

INSTANTIATE_TEST_SUITE_P(Threads, NotebookSession, testing::Values(0U, 2U));

TEST(NotebookCells, KeepTheirColumnsWithoutMagics) {
  EXPECT_EQ(python_of_cell("%time f()\nx = a % b\n  !ls\n"), "#time f()\nx = a % b\n  #ls\n");
  EXPECT_EQ(python_of_cell("x = (a\n     % b\n     != c)"), "x = (a\n     % b\n     != c)");
  EXPECT_EQ(python_of_cell("%%bash\nls \xC3\xBC\n"), "      \n     \n");
  EXPECT_EQ(python_of_cell("%%time\nx = 1"), "      \nx = 1");
}

}  // namespace
}  // namespace awaitd::server
