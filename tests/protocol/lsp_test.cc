#include "protocol/lsp.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

namespace awaitd::protocol {
namespace {

template <class T>
Json written(const T& value) {
  return Json::parse(to_json_text(value));
}

template <class T>
T parsed(const char* text) {
  const auto read = read_json<T>(Json::parse(text));
  EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error());
  return read ? *read : T{};
}

template <class T>
std::string problem(const char* text) {
  const auto read = read_json<T>(Json::parse(text));
  return read ? "" : read.error();
}

Range range(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) { return {{a, b}, {c, d}}; }

TEST(LspDocument, Opens) {
  const auto open = parsed<DidOpenTextDocumentParams>(
      R"({"textDocument":{"uri":"file:///a.py","languageId":"python","version":0,"text":"x\r\n"}})");
  EXPECT_EQ(open.text_document.uri, "file:///a.py");
  EXPECT_EQ(open.text_document.text, "x\r\n");
  EXPECT_EQ(open.text_document.version, 0);
  EXPECT_EQ(problem<DidOpenTextDocumentParams>(R"({"textDocument":{"uri":"u"}})"), "params.textDocument.text: missing");
  EXPECT_EQ(problem<DidOpenTextDocumentParams>("null"), "params.textDocument: missing");
}

TEST(LspDocument, ChangesOfEveryClient) {
  const auto change = parsed<DidChangeTextDocumentParams>(
      R"({"textDocument":{"uri":"u","version":7},"contentChanges":[
        {"range":{"start":{"line":3,"character":4},"end":{"line":3,"character":9}},"rangeLength":5,"text":"b"},
        {"range":null,"text":"whole"},{"text":""}]})");
  ASSERT_EQ(change.content_changes.size(), 3u);
  EXPECT_EQ(change.content_changes[0].range, range(3, 4, 3, 9));
  EXPECT_FALSE(change.content_changes[1].range);
  EXPECT_FALSE(change.content_changes[2].range);
  EXPECT_EQ(change.text_document.version, 7);
  EXPECT_FALSE(parsed<DidChangeTextDocumentParams>(R"({"textDocument":{"uri":"u","version":null},"contentChanges":[]})")
                   .text_document.version);
  EXPECT_EQ(
      problem<DidChangeTextDocumentParams>(
          R"({"textDocument":{"uri":"u"},"contentChanges":[{"text":""},{"range":{"start":{"line":1}},"text":""}]})"),
      "params.contentChanges[1].range.start.character: missing");
  EXPECT_EQ(
      problem<DidChangeTextDocumentParams>(R"({"textDocument":{"uri":"u"},"contentChanges":[{"range":7,"text":""}]})"),
      "params.contentChanges[0].range: expected an object");
  EXPECT_EQ(problem<DidChangeTextDocumentParams>(R"({"textDocument":{"uri":"u"}})"), "params.contentChanges: missing");
}

TEST(LspDocument, SavesWithAndWithoutText) {
  EXPECT_EQ(parsed<DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"},"text":"t"})").text, "t");
  EXPECT_FALSE(parsed<DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"},"text":null})").text);
}

TEST(LspBase, PositionsAreClampedToTheirType) {
  const auto location = parsed<Location>(
      R"({"uri":"u","range":{"start":{"line":-1,"character":2.0},"end":{"line":99999999999,"character":0}}})");
  EXPECT_EQ(location.range, range(0, 2, UINT32_MAX, 0));
  EXPECT_EQ(written(Location{"u", range(1, 2, 3, 4)}),
            Json::parse(R"({"uri":"u","range":{"start":{"line":1,"character":2},"end":{"line":3,"character":4}}})"));
}

Diagnostic full_diagnostic() {
  Diagnostic d;
  d.range = range(0, 4294967295, 12, 340);
  d.severity = DiagnosticSeverity::Error;
  d.code = "AWD101";
  d.code_description = "https://awaitd.dev/rules/AWD101";
  d.source = "awaitd";
  d.message = "time.sleep() \"blocks\"\nthe \U0001F600 loop\x01\xff";
  d.tags = {DiagnosticTag::Unnecessary, DiagnosticTag::Deprecated};
  d.related_information = {{{"file:///\"b\".py", range(1, 2, 3, 4)}, "called\there"}};
  d.data.text = R"({"fix":[1,"x"]})";
  return d;
}

TEST(LspDiagnostic, PublishEqualsItsTree) {
  PublishDiagnosticsParams params{"file:///\u00fc.py", 3, {full_diagnostic(), Diagnostic{}}};
  const Json expected = {
      {"uri", "file:///\u00fc.py"},
      {"version", 3},
      {"diagnostics",
       {{{"range", {{"start", {{"line", 0}, {"character", 4294967295u}}}, {"end", {{"line", 12}, {"character", 340}}}}},
         {"severity", 1},
         {"code", "AWD101"},
         {"codeDescription", {{"href", "https://awaitd.dev/rules/AWD101"}}},
         {"source", "awaitd"},
         {"message", "time.sleep() \"blocks\"\nthe \U0001F600 loop\x01\uFFFD"},
         {"tags", {1, 2}},
         {"relatedInformation",
          Json::array(
              {{{"location",
                 {{"uri", "file:///\"b\".py"},
                  {"range", {{"start", {{"line", 1}, {"character", 2}}}, {"end", {{"line", 3}, {"character", 4}}}}}}},
                {"message", "called\there"}}})},
         {"data", {{"fix", {1, "x"}}}}},
        {{"range", {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 0}, {"character", 0}}}}},
         {"severity", 2},
         {"message", ""}}}}};
  EXPECT_EQ(written(params), expected);
  params.version.reset();
  params.diagnostics.clear();
  EXPECT_EQ(to_json_text(params), "{\"uri\":\"file:///\u00fc.py\",\"diagnostics\":[]}");
}

TEST(LspDiagnosticProperty, WhatIsWrittenIsReadBack) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto text = [&] {
    std::string out;
    for (std::size_t n = random() % 12; n > 0; --n) {
      static const char* const pieces[] = {"a", "\"", "\\", "\n", "\x01", "\u00fc", "\U0001F600", "/", "\x7f", " "};
      out += pieces[random() % std::size(pieces)];
    }
    return out;
  };
  const auto any = [&] {
    return random() % 5 ? static_cast<std::uint32_t>(random() % 2000) : static_cast<std::uint32_t>(random());
  };
  for (int round = 0; round < 500; ++round) {
    PublishDiagnosticsParams params;
    params.uri = text();
    if (random() % 2) params.version = static_cast<std::int32_t>(random());
    for (std::size_t n = random() % 5; n > 0; --n) {
      Diagnostic& d = params.diagnostics.emplace_back();
      d.range = range(any(), any(), any(), any());
      d.severity = static_cast<DiagnosticSeverity>(1 + random() % 4);
      d.code = text();
      d.code_description = text();
      d.source = text();
      d.message = text();
      if (random() % 2) d.tags = {DiagnosticTag::Deprecated};
      if (random() % 2) d.related_information = {{{text(), range(any(), 0, 0, any())}, text()}};
      if (random() % 2) d.data.text = to_json_text(text());
    }
    const Json json = written(params);
    const auto back = read_json<PublishDiagnosticsParams>(json);
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(to_json_text(*back), to_json_text(params));
    ASSERT_EQ(json["diagnostics"].size(), params.diagnostics.size());
  }
}

TEST(LspDiagnostic, PullReports) {
  DocumentDiagnosticReport report;
  report.result_id = "7";
  report.items = {Diagnostic{}};
  report.related_documents["file:///b"].unchanged = true;
  report.related_documents["file:///b"].result_id = "8";
  const Json json = written(report);
  EXPECT_EQ(json["kind"], "full");
  EXPECT_EQ(json["items"].size(), 1u);
  EXPECT_EQ(json["relatedDocuments"]["file:///b"], Json::parse(R"({"kind":"unchanged","resultId":"8"})"));
  const auto params =
      parsed<DocumentDiagnosticParams>(R"({"textDocument":{"uri":"u"},"previousResultId":"7","range":{}})");
  EXPECT_EQ(params.previous_result_id, "7");
  EXPECT_FALSE(params.identifier);
}

TEST(LspCodeAction, BadDiagnosticsOfTheClientAreLeftOut) {
  const auto params = parsed<CodeActionParams>(
      R"({"textDocument":{"uri":"u"},"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},
      "context":{"diagnostics":[{"message":"no range"},7,{"range":{"start":{"line":1,"character":2},"end":{"line":1,"character":3}},
      "code":12,"severity":"x","data":{"k":1},"codeDescription":7}],"only":["quickfix",""],"triggerKind":2}})");
  ASSERT_EQ(params.context.diagnostics.size(), 1u);
  EXPECT_EQ(params.context.diagnostics[0].data.text, R"({"k":1})");
  EXPECT_EQ(params.context.diagnostics[0].code, "");
  EXPECT_EQ(params.context.only->size(), 2u);
  EXPECT_EQ(params.context.trigger_kind, 2);
  const auto bare = parsed<CodeActionParams>(
      R"({"textDocument":{"uri":"u"},"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"context":[]})");
  EXPECT_FALSE(bare.context.only);
}

TEST(LspCodeAction, KindsMatchAsPrefixes) {
  using code_action_kind::matches;
  EXPECT_TRUE(matches("", "quickfix"));
  EXPECT_TRUE(matches("quickfix", "quickfix"));
  EXPECT_TRUE(matches("source", "source.fixAll.awaitd"));
  EXPECT_TRUE(matches("source.fixAll", "source.fixAll.awaitd"));
  EXPECT_TRUE(matches("source.fixAll.awaitd", "source.fixAll.awaitd"));
  EXPECT_FALSE(matches("source.fix", "source.fixAll.awaitd"));
  EXPECT_FALSE(matches("source.fixAll.ruff", "source.fixAll.awaitd"));
  EXPECT_FALSE(matches("source.fixAll.awaitd", "source.fixAll"));
}

TEST(LspCodeAction, EditsInBothForms) {
  CodeAction action;
  action.title = "Use asyncio.sleep";
  action.kind = code_action_kind::quick_fix;
  action.is_preferred = true;
  action.edit.emplace().documents = {{"file:///a", 4, {{range(0, 0, 0, 1), "x", false, {}}}}};
  EXPECT_EQ(written(action),
            Json::parse(R"({"title":"Use asyncio.sleep","kind":"quickfix","isPreferred":true,"edit":{"changes":
      {"file:///a":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"newText":"x"}]}}})"));
  action.edit->as_document_changes = true;
  action.edit->documents.push_back({"file:///b", std::nullopt, {{range(0, 0, 0, 0), "timeout=${1:10}", true, {}}}});
  action.data.text = "{\"id\":1}";
  const Json json = written(action);
  EXPECT_EQ(json["edit"]["documentChanges"][0]["textDocument"], Json::parse(R"({"uri":"file:///a","version":4})"));
  EXPECT_EQ(json["edit"]["documentChanges"][1]["textDocument"], Json::parse(R"({"uri":"file:///b","version":null})"));
  EXPECT_EQ(json["edit"]["documentChanges"][1]["edits"][0]["snippet"],
            Json::parse(R"({"kind":"snippet","value":"timeout=${1:10}"})"));
  const auto back = read_json<CodeAction>(json);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(to_json_text(*back), to_json_text(action));
}

TEST(LspCodeAction, ResolveTakesTheClientsCopy) {
  const auto action =
      parsed<CodeAction>(R"({"title":"t","data":{"b":1,"a":2},"disabled":{"reason":"r"},"edit":{"changes":
      {"u":[{"newText":"n","range":{"end":{"line":0,"character":0},"start":{"line":0,"character":0}}}]}}})");
  EXPECT_EQ(Json::parse(action.data.text), Json::parse(R"({"a":2,"b":1})"));
  EXPECT_EQ(action.disabled, "r");
  ASSERT_TRUE(action.edit);
  EXPECT_EQ(action.edit->documents[0].uri, "u");
}

TEST(LspLifecycle, InitializeResult) {
  InitializeResult result;
  result.server_name = "awaitd";
  result.server_version = "0.1.0";
  ServerCapabilities& c = result.capabilities;
  c.hover = true;
  c.code_action_kinds = {"quickfix", "source.fixAll.awaitd"};
  c.code_action_resolve = true;
  c.workspace_folders = true;
  c.commands = {"awaitd.text"};
  c.diagnostics.emplace().identifier = "awaitd";
  c.more.text = R"({"inlayHintProvider":true})";
  EXPECT_EQ(written(result), Json::parse(R"({"serverInfo":{"name":"awaitd","version":"0.1.0"},"capabilities":{
    "positionEncoding":"utf-16","hoverProvider":true,"textDocumentSync":{"openClose":true,"change":2,"save":{"includeText":false}},
    "codeActionProvider":{"codeActionKinds":["quickfix","source.fixAll.awaitd"],"resolveProvider":true},
    "executeCommandProvider":{"commands":["awaitd.text"]},
    "diagnosticProvider":{"identifier":"awaitd","interFileDependencies":false,"workspaceDiagnostics":false},
    "workspace":{"workspaceFolders":{"supported":true,"changeNotifications":true}},"inlayHintProvider":true}})"));
  EXPECT_EQ(written(ServerCapabilities{}).size(), 2u);  // the encoding and the synchronisation
}

TEST(LspLifecycle, Registrations) {
  DidChangeWatchedFilesRegistrationOptions options{{{"**/*.py", std::nullopt}, {"*.toml", "file:///w"}}};
  const RegistrationParams params{{{"1", "workspace/didChangeWatchedFiles", {to_json_text(options)}}}};
  EXPECT_EQ(written(params), Json::parse(R"({"registrations":[{"id":"1","method":"workspace/didChangeWatchedFiles",
    "registerOptions":{"watchers":[{"globPattern":"**/*.py"},{"globPattern":{"baseUri":"file:///w","pattern":"*.toml"}}]}}]})"));
  EXPECT_EQ(written(UnregistrationParams{{{"1", "m"}}}),
            Json::parse(R"({"unregisterations":[{"id":"1","method":"m"}]})"));
}

TEST(LspWorkspace, SettingsOfEveryShape) {
  EXPECT_EQ(parsed<DidChangeConfigurationParams>(R"({"settings":{"awaitd":[]}})").settings.get(),
            Json::parse(R"({"awaitd":[]})"));
  for (const char* text : {"{}", "[]", "null", R"({"settings":null})"}) {
    EXPECT_TRUE(parsed<DidChangeConfigurationParams>(text).settings.is_null()) << text;
  }
}

TEST(LspNotebook, ChangesOfCells) {
  const auto change = parsed<DidChangeNotebookDocumentParams>(R"({"notebookDocument":{"uri":"n","version":3},"change":{
      "cells":{"structure":{"array":{"start":1,"deleteCount":2,"cells":[{"kind":2,"document":"c"}]},
      "didOpen":[{"uri":"c","languageId":"python","version":1,"text":"x"}],"didClose":[{"uri":"d"}]},
      "textContent":[{"document":{"uri":"e","version":2},"changes":[{"text":"y"}]}]}}})");
  ASSERT_TRUE(change.structure);
  EXPECT_EQ(change.structure->count, 2u);
  EXPECT_EQ(change.structure->cells[0].document, "c");
  EXPECT_EQ(change.opened[0].text, "x");
  EXPECT_EQ(change.closed[0].uri, "d");
  EXPECT_EQ(change.texts[0].changes[0].text, "y");
  EXPECT_EQ(problem<DidChangeNotebookDocumentParams>(R"({"notebookDocument":{}})"),
            "params.notebookDocument.uri: missing");
  EXPECT_FALSE(parsed<DidChangeNotebookDocumentParams>(R"({"notebookDocument":{"uri":"n"},"change":{}})").structure);
}

TEST(LspProgress, TokensKeepTheirType) {
  EXPECT_EQ(parsed<WorkDoneProgressCancelParams>(R"({"token":7})").token.text, "7");
  EXPECT_EQ(parsed<WorkspaceDiagnosticParams>(R"({"partialResultToken":"p"})").partial_result_token.text, "\"p\"");
  WorkDoneProgress begin{WorkDoneProgress::Kind::begin, "t", "", 0, true};
  EXPECT_EQ(written(begin), Json::parse(R"({"kind":"begin","title":"t","percentage":0,"cancellable":true})"));
  WorkspaceDiagnosticReport report;
  report.items.push_back({"u", std::nullopt, {true, "id", {}, {}, {}}});
  EXPECT_EQ(written(report),
            Json::parse(R"({"items":[{"uri":"u","version":null,"kind":"unchanged","resultId":"id"}]})"));
}

TEST(LspWorkspace, FilesAndFolders) {
  const auto files = parsed<DidChangeWatchedFilesParams>(R"({"changes":[{"uri":"a","type":1},{"uri":"b","type":3}]})");
  ASSERT_EQ(files.changes.size(), 2u);
  EXPECT_EQ(files.changes[1].type, FileEvent::Type::Deleted);
  EXPECT_EQ(problem<DidChangeWatchedFilesParams>(R"({"changes":[{"uri":"a"}]})"), "params.changes[0].type: missing");
  const auto folders =
      parsed<DidChangeWorkspaceFoldersParams>(R"({"event":{"added":[{"uri":"a","name":"n"}],"removed":[]}})");
  EXPECT_EQ(folders.added[0].name, "n");
  EXPECT_TRUE(folders.removed.empty());
}

TEST(LspWorkspace, HoverAndWindow) {
  Hover hover{{true, "# AWD101"}, range(1, 0, 1, 5)};
  const Json json = written(hover);
  EXPECT_EQ(json["contents"], Json::parse(R"({"kind":"markdown","value":"# AWD101"})"));
  EXPECT_EQ(read_json<Hover>(json)->range, hover.range);
  EXPECT_EQ(written(std::optional<Hover>()), nullptr);
  EXPECT_EQ(written(ShowMessageRequestParams{MessageType::Warning, "m", {"a"}}),
            Json::parse(R"({"type":2,"message":"m","actions":[{"title":"a"}]})"));
  EXPECT_EQ(written(LogTraceParams{"m", ""}), Json::parse(R"({"message":"m"})"));
  EXPECT_EQ(parsed<SetTraceParams>(R"({"value":"verbose"})").value, "verbose");
  EXPECT_EQ(parsed<ExecuteCommandParams>(R"({"command":"c","arguments":["u"]})").arguments.get()[0], "u");
}

}  // namespace
}  // namespace awaitd::protocol
