// The pure parts of --with: command lines, marks and tokens, merged capabilities and results, the mirror's shifts.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "server/convert/coordinates.h"
#include "server/with/capabilities.h"
#include "server/with/command_line.h"
#include "server/with/mirror.h"
#include "server/with/origin.h"
#include "server/with/results.h"

namespace awaitd::server::with {
namespace {

using nlohmann::json;

TEST(WithCommandLine, WordsAsInAShell) {
  const auto words = [](const char* text) { return read_command_line(text).value_or(CommandLine{}).words; };
  using Words = std::vector<std::string>;
  EXPECT_EQ(words("pyright-langserver --stdio"), (Words{"pyright-langserver", "--stdio"}));
  EXPECT_EQ(words("  a\t'b c'  \"d \\\" e\" f\\ g '' "), (Words{"a", "b c", "d \" e", "f g", ""}));
  EXPECT_EQ(words("a 'b\\' \"c\\d\""), (Words{"a", "b\\", "c\\d"}));
  EXPECT_FALSE(read_command_line(""));
  EXPECT_FALSE(read_command_line("  "));
  EXPECT_FALSE(read_command_line("a 'b"));
  EXPECT_FALSE(read_command_line("''"));
  EXPECT_EQ(read_command_line("/opt/x/pyright-langserver --stdio")->name, "pyright-langserver");
}

TEST(WithOrigin, MarksGoRoundAndKeepTheData) {
  for (const json& item : {json{{"title", "t"}}, json{{"title", "t"}, {"data", nullptr}},
                           json{{"title", "t"}, {"data", {{"a", 1}}}}, json{{"command", {{"command", "c"}}}}}) {
    json marked = item;
    mark(marked, 2);
    EXPECT_NE(marked, item);
    EXPECT_EQ(unmark(marked), 2);
    EXPECT_EQ(marked, item);
  }
  json command = {{"title", "t"}, {"command", "c"}};
  mark(command, 2);
  EXPECT_FALSE(command.contains("data"));
  json foreign = {{"data", {{"awaitd.server", "no"}}}};
  EXPECT_FALSE(unmark(foreign));
  json null = nullptr;
  mark(null, 1);
  EXPECT_TRUE(null.is_null());
}

TEST(WithOrigin, TokensOfTwoServersDiffer) {
  EXPECT_NE(client_token(1, 7), client_token(2, 7));
  EXPECT_NE(client_token(1, 7), client_token(1, "7"));
  for (const json& token : {json(7), json("7"), json("a/b\"c"), json("awaitd/2/7")}) {
    const auto back = server_token(client_token(3, token));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->first, 3);
    EXPECT_EQ(back->second.get(), token);
  }
  for (const json& token :
       {json(7), json("x"), json("awaitd/"), json("awaitd/1"), json("awaitd/x/1"), json("awaitd/1/{")}) {
    EXPECT_FALSE(server_token(token)) << token;
  }
}

json merged(const std::vector<json>& servers) {
  std::vector<const json*> all;
  for (const json& server : servers) all.push_back(&server);
  return merged_capabilities(all, "utf-16").get();
}

TEST(WithCapabilities, EachServersPart) {
  const json out = merged({{{"hoverProvider", true},
                            {"codeActionProvider", {{"codeActionKinds", {"quickfix", "a"}}, {"resolveProvider", true}}},
                            {"diagnosticProvider", {{"interFileDependencies", true}}},
                            {"executeCommandProvider", {{"commands", {"x"}}}}},
                           {{"hoverProvider", {{"workDoneProgress", true}}},
                            {"codeActionProvider", {{"codeActionKinds", {"quickfix", "b"}}}},
                            {"completionProvider", {{"triggerCharacters", {"."}}}},
                            {"renameProvider", false},
                            {"positionEncoding", "utf-32"},
                            {"executeCommandProvider", {{"commands", {"y"}}}}},
                           {{"completionProvider", {{"triggerCharacters", {"@"}}}}, {"renameProvider", true}}});
  EXPECT_EQ(out["hoverProvider"], true);
  EXPECT_EQ(out["codeActionProvider"]["codeActionKinds"], json::array({"quickfix", "a", "b"}));
  EXPECT_EQ(out["codeActionProvider"]["resolveProvider"], true);
  EXPECT_EQ(out["completionProvider"]["triggerCharacters"], json::array({"."}));  // one server's, whole
  EXPECT_EQ(out["renameProvider"], true);
  EXPECT_EQ(out["executeCommandProvider"]["commands"], json::array({"x", "y"}));
  EXPECT_EQ(out["positionEncoding"], "utf-16");
  EXPECT_FALSE(out.contains("diagnosticProvider"));
}

TEST(WithCapabilities, AServerThatListsNoKindsMayGiveAny) {
  const json listed = {{"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}}};
  EXPECT_FALSE(merged({listed, {{"codeActionProvider", true}}})["codeActionProvider"].contains("codeActionKinds"));
  EXPECT_TRUE(merged({listed, {{"codeActionProvider", false}}})["codeActionProvider"].contains("codeActionKinds"));
  EXPECT_TRUE(merged({json::object(), listed})["codeActionProvider"].contains("codeActionKinds"));
}

TEST(WithCapabilities, SyncIsIncrementalWhateverTheOthersWant) {
  const json sync =
      merged({{{"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", json::object()}}}},
              {{"textDocumentSync", 1}},
              {{"textDocumentSync", {{"save", {{"includeText", true}}}, {"willSave", true}}}}})["textDocumentSync"];
  EXPECT_EQ(sync["change"], 2);
  EXPECT_EQ(sync["openClose"], true);
  EXPECT_EQ(sync["save"]["includeText"], true);
  EXPECT_EQ(sync["willSave"], true);
  EXPECT_EQ(read_sync({{"textDocumentSync", 1}}).change, 1);
  EXPECT_FALSE(read_sync(json::object()).open_close);
}

TEST(WithCapabilities, WhatEachServerHearsOfTheClient) {
  const json client = {
      {"processId", 1},
      {"workDoneToken", "t"},
      {"initializationOptions", {{"severity", 1}, {"with", {{"other", {{"a", 1}}}}}}},
      {"capabilities",
       {{"textDocument", {{"diagnostic", json::object()}, {"publishDiagnostics", {{"versionSupport", false}}}}},
        {"workspace", {{"diagnostics", json::object()}, {"configuration", true}}}}}};
  const json other = params_for_other(client, {"utf-16"}, "other").get();
  EXPECT_EQ(other["initializationOptions"], json({{"a", 1}}));
  EXPECT_NE(other["processId"], 1);
  EXPECT_FALSE(other.contains("workDoneToken"));
  EXPECT_FALSE(other["capabilities"]["textDocument"].contains("diagnostic"));
  EXPECT_EQ(other["capabilities"]["textDocument"]["publishDiagnostics"]["versionSupport"], true);
  EXPECT_EQ(other["capabilities"]["workspace"], json({{"configuration", true}}));
  EXPECT_EQ(other["capabilities"]["general"]["positionEncodings"], json::array({"utf-16"}));
  EXPECT_FALSE(params_for_other(client, {}, "else").get().contains("initializationOptions"));
  EXPECT_EQ(params_for_own(client, {}).get()["initializationOptions"], json({{"severity", 1}}));
  EXPECT_TRUE(params_for_other(nullptr, {}, "other").get()["capabilities"].is_object());
}

std::string hover(const json& a, const json& b, bool markdown) {
  protocol::ClientCapabilities::Hover client;
  client.markdown = markdown;
  const json out = merged_hover({&a, &b}, client);
  if (out.is_null()) return "null";
  EXPECT_EQ(out["contents"]["kind"], markdown ? "markdown" : "plaintext");
  return out["contents"]["value"];
}

TEST(WithHover, EveryFormOfContents) {
  const json own = {{"contents", {{"kind", "markdown"}, {"value", "**own**\n"}}}};
  const auto with = [&](const json& contents) { return hover(own, {{"contents", contents}}, true); };
  EXPECT_EQ(with({{"kind", "markdown"}, {"value", "x"}}), "**own**\n\n---\n\nx");
  EXPECT_EQ(with({{"kind", "plaintext"}, {"value", "a_b_c"}}), "**own**\n\n---\n\n```text\na_b_c\n```");
  EXPECT_EQ(with("x"), "**own**\n\n---\n\nx");
  EXPECT_EQ(with({{"language", "python"}, {"value", "def f()"}}), "**own**\n\n---\n\n```python\ndef f()\n```");
  EXPECT_EQ(with({{"language", "md"}, {"value", "```"}}), "**own**\n\n---\n\n````md\n```\n````");
  EXPECT_EQ(with(json::array({"x", json{{"language", "py"}, {"value", "y"}}})), "**own**\n\n---\n\nx\n\n```py\ny\n```");
  EXPECT_EQ(with(json::array()), "**own**");
  EXPECT_EQ(with(""), "**own**");
  EXPECT_EQ(hover(nullptr, {{"contents", "x"}}, true), "x");
  EXPECT_EQ(hover(nullptr, nullptr, true), "null");
}

TEST(WithHover, PlainTextWhereTheClientWantsIt) {
  EXPECT_EQ(hover({{"contents", {{"kind", "plaintext"}, {"value", "own"}}}},
                  {{"contents", {{"kind", "plaintext"}, {"value", "x"}}}}, false),
            "own\n\nx");
}

TEST(WithHover, TheRangeIsTheFirstOnes) {
  const json a = {{"contents", "a"}}, b = {{"contents", "b"}, {"range", {{"start", 1}}}};
  EXPECT_EQ(merged_hover({&a, &b}, {})["range"], b["range"]);
  const json empty = {{"contents", ""}, {"range", {{"start", 2}}}};
  EXPECT_EQ(merged_hover({&empty, &b}, {})["range"], b["range"]);
}

protocol::Range range(unsigned line, unsigned from, unsigned to_line, unsigned to) {
  return {{line, from}, {to_line, to}};
}

const std::vector<Shift>* edit(Mirror& mirror, const std::string& uri, std::int32_t version,
                               std::optional<protocol::Range> where, const std::string& text) {
  protocol::DidChangeTextDocumentParams params;
  params.text_document.uri = uri;
  params.text_document.version = version;
  params.content_changes.push_back({where, text});
  return mirror.change(params);
}

TEST(WithShift, RangesFollowTheirText) {
  const Shift line_above{{0, 0}, {0, 0}, {1, 0}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), line_above), range(4, 4, 4, 9));
  const Shift before{{3, 0}, {3, 2}, {3, 5}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), before), range(3, 7, 3, 12));
  const Shift behind{{3, 9}, {3, 9}, {3, 12}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), behind), range(3, 4, 3, 9));
  const Shift at_start{{3, 4}, {3, 4}, {3, 6}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), at_start), range(3, 6, 3, 11));
  const Shift inside{{3, 5}, {3, 6}, {3, 5}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), inside), range(3, 4, 3, 8));
  const Shift all{{3, 4}, {3, 9}, {3, 4}};
  EXPECT_FALSE(shifted(range(3, 4, 3, 9), all));
  const Shift joined{{2, 7}, {3, 2}, {2, 7}};
  EXPECT_EQ(shifted(range(3, 4, 3, 9), joined), range(2, 9, 2, 14));
}

// A range far from an edit covers the same text before and after, whatever the edit and the encoding.
TEST(WithShift, RandomEditsKeepTheTextUnderARange) {
  std::mt19937 random(20261122);
  const auto upto = [&](std::uint32_t n) { return std::uniform_int_distribution<std::uint32_t>(0, n)(random); };
  const std::vector<std::string> pieces = {"a", "\n", "\xC3\xBC", "\xF0\x9F\x98\x80", "\r\n", "xyz", ""};
  for (int round = 0; round < 2000; ++round) {
    const auto encoding = static_cast<protocol::PositionEncoding>(upto(2));
    Mirror mirror;
    mirror.use(encoding);
    std::string before, after = "<<";
    for (auto n = upto(6); n > 0; --n) before += pieces[upto(6)];
    for (auto n = upto(6); n > 0; --n) after += pieces[upto(6)];
    const std::string text = before + "MARK" + after;
    mirror.open({"u", "python", 1, text});
    const analysis::Document document(text);
    const Coordinates at(document, encoding);
    const auto mark = static_cast<std::uint32_t>(before.size());
    // An edit that does not touch the mark, at the starts of characters.
    const bool in_front = upto(1) == 0;
    std::uint32_t start = in_front ? upto(mark) : mark + 5 + upto(static_cast<std::uint32_t>(text.size()) - mark - 5);
    std::uint32_t end =
        in_front ? start + upto(mark - start) : start + upto(static_cast<std::uint32_t>(text.size()) - start);
    const protocol::Range edited{at.position(start), at.position(end)};
    if (in_front && at.offset(edited.end) > mark) continue;
    const protocol::Range marked = at.range({mark, mark + 4});
    const auto* shifts = edit(mirror, "u", 2, edited, pieces[upto(6)]);
    ASSERT_EQ(shifts->size(), 1U);
    const auto now = shifted(marked, shifts->front());
    ASSERT_TRUE(now);
    const analysis::Document& changed = mirror.find("u")->text;
    const analysis::Range found = Coordinates(changed, encoding).offsets(*now);
    EXPECT_EQ(changed.text(found.start, found.end), "MARK") << json(text) << " became " << json(changed.text());
  }
}

TEST(WithMirror, WholeTextsAreTakenAsTheSmallestEdit) {
  Mirror mirror;
  mirror.open({"u", "python", 1, "abc\ndef\n"});
  const auto* shifts = edit(mirror, "u", 2, std::nullopt, "abc\nx\ndef\n");
  ASSERT_EQ(shifts->size(), 1U);
  EXPECT_EQ(mirror.find("u")->text.text(), "abc\nx\ndef\n");
  EXPECT_EQ(shifted(range(1, 0, 1, 3), shifts->front()), range(2, 0, 2, 3));
  EXPECT_EQ(edit(mirror, "v", 2, {}, ""), nullptr);
}

TEST(WithMirror, EditsSinceAVersion) {
  Mirror mirror;
  mirror.open({"file:///a%20b.py", "python", 1, ""});
  for (std::int32_t version : {2, 5, 9}) edit(mirror, "file:///a%20b.py", version, range(0, 0, 0, 0), "\n");
  const Mirror::Document& document = *mirror.find_any_spelling("file:///a b.py");
  const auto count = [&](std::int32_t version) { return Mirror::since(document, version)->size(); };
  EXPECT_EQ(count(1), 3U);
  EXPECT_EQ(count(2), 2U);
  EXPECT_EQ(count(5), 1U);
  EXPECT_EQ(count(9), 0U);
  EXPECT_EQ(count(10), 0U);
  for (std::int32_t i = 0; i < 500; ++i) edit(mirror, "file:///a%20b.py", 10 + i, range(0, 0, 0, 0), "");
  EXPECT_FALSE(Mirror::since(document, 5));
  EXPECT_TRUE(Mirror::since(document, 480));
}

}  // namespace
}  // namespace awaitd::server::with
