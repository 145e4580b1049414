// --with: diagnostics of several servers, by document, version and server.
#include <gtest/gtest.h>

#include "with_harness.h"

namespace awaitd::server::with {
namespace {

std::vector<std::string> lines_and_sources(const json& params) {
  std::vector<std::string> out;
  for (const json& d : params.at("diagnostics")) {
    out.push_back(d.at("range").at("start").at("line").dump() + " " + d.at("source").get<std::string>());
  }
  return out;
}
using Found = std::vector<std::string>;

struct Diagnosing {
  explicit Diagnosing(json theirs = {{"textDocumentSync", 2}}, json capabilities = full_capabilities())
      : client(std::move(capabilities)) {
    client.initialize(theirs);
    client.open(blocking_text());
  }
  Found last() { return lines_and_sources(client.last_diagnostics()); }
  WithClient client;
};

TEST(WithDiagnostics, AwaitdsOwnDoNotWaitForTheOthers) {
  Diagnosing d;
  EXPECT_EQ(d.last(), (Found{"4 awaitd"}));
}

TEST(WithDiagnostics, AreMergedAndPublishedAgainWhenEitherChanges) {
  Diagnosing d;
  d.client.other().publish(kUri, 1, json::array({diagnostic(0, 0, 4, "theirs")}));
  json params = d.client.last_diagnostics();
  EXPECT_EQ(lines_and_sources(params), (Found{"4 awaitd", "0 other"}));  // it named no source
  EXPECT_EQ(params["version"], 1);
  d.client.change(2, json::array({LspClient::edit(4, 0, 5, 0, "")}));  // awaitd's goes
  params = d.client.last_diagnostics();
  EXPECT_EQ(lines_and_sources(params), (Found{"0 other"}));
  EXPECT_EQ(params["version"], 2);
  d.client.other().publish(kUri, 2, json::array());
  EXPECT_EQ(d.last(), Found{});
}

TEST(WithDiagnostics, SourcesOfItsOwnStay) {
  Diagnosing d;
  json theirs = diagnostic(0, 0, 4, "theirs");
  theirs["source"] = "Pyright";
  d.client.other().publish(kUri, 1, json::array({theirs}));
  EXPECT_EQ(d.last(), (Found{"4 awaitd", "0 Pyright"}));
}

TEST(WithDiagnostics, TheOthersMoveWithTheText) {
  Diagnosing d;
  d.client.other().publish(kUri, 1, json::array({diagnostic(3, 0, 5, "theirs")}));
  d.client.change(2, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  EXPECT_EQ(d.last(), (Found{"5 awaitd", "4 other"}));  // it has not spoken of version 2 yet
}

TEST(WithDiagnostics, LateOnesAreMovedToTheNewestText) {
  Diagnosing d;
  d.client.change(2, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  d.client.change(5, json::array({LspClient::edit(0, 0, 0, 0, "#\n"), LspClient::edit(0, 0, 0, 0, "#\n")}));
  d.client.other().publish(kUri, 1, json::array({diagnostic(3, 0, 5, "theirs")}));
  json params = d.client.last_diagnostics();
  EXPECT_EQ(params["version"], 5);
  EXPECT_EQ(lines_and_sources(params), (Found{"7 awaitd", "6 other"}));
  d.client.other().publish(kUri, 2, json::array({diagnostic(4, 0, 5, "again")}));
  EXPECT_EQ(d.last(), (Found{"7 awaitd", "6 other"}));
  // Its text is gone since.
  d.client.change(6, json::array({LspClient::edit(6, 0, 7, 0, "")}));
  d.client.other().publish(kUri, 5, json::array({diagnostic(6, 0, 5, "late")}));
  EXPECT_EQ(d.last(), (Found{}));
}

TEST(WithDiagnostics, OneFileUnderTwoSpellingsOfItsUri) {
  WithClient client;
  client.initialize({{"textDocumentSync", 2}});
  const std::string mine = "file:///w/m%c3%bc%20x.py";
  client.notify("textDocument/didOpen",
                {{"textDocument", {{"uri", mine}, {"languageId", "python"}, {"version", 1}, {"text", "x"}}}});
  client.other().publish("file:///w/m%C3%BC x.py", 1, json::array({diagnostic(0, 0, 1, "theirs")}));
  const json params = client.last_diagnostics();
  EXPECT_EQ(params["uri"], mine);
  EXPECT_EQ(params["diagnostics"].size(), 1U);
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", mine}}}});
  client.other().publish("file:///w/m%C3%BC x.py", nullptr, json::array());
  const json closed = client.last_diagnostics();
  EXPECT_EQ(closed["uri"], mine);
  EXPECT_TRUE(closed["diagnostics"].empty());
}

TEST(WithDiagnostics, FilesThatAreNotOpenToo) {
  Diagnosing d;
  d.last();
  d.client.other().publish("file:///w/b.py", nullptr, json::array({diagnostic(0, 0, 1, "theirs")}));
  const json params = d.client.last_diagnostics();
  EXPECT_EQ(params["uri"], "file:///w/b.py");
  EXPECT_FALSE(params.contains("version"));
}

TEST(WithDiagnostics, ADeadServersGo) {
  Diagnosing d;
  d.client.other().publish(kUri, 1, json::array({diagnostic(0, 0, 4, "theirs")}));
  EXPECT_EQ(d.last(), (Found{"4 awaitd", "0 other"}));
  d.client.other().die();
  EXPECT_EQ(d.last(), (Found{"4 awaitd"}));
}

TEST(WithDiagnostics, NothingIsToldTwice) {
  Diagnosing d;
  d.last();
  d.client.other().publish(kUri, 1, json::array());
  EXPECT_FALSE(d.client.got("textDocument/publishDiagnostics"));
}

TEST(WithDiagnostics, WithoutVersionsForClientsThatDoNotKnowThem) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["publishDiagnostics"]["versionSupport"] = false;
  Diagnosing d(json{{"textDocumentSync", 2}}, capabilities);
  EXPECT_FALSE(d.client.last_diagnostics().contains("version"));
}

TEST(WithDiagnostics, ClientsThatPullArePushedTo) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["diagnostic"] = json::object();
  WithClient client(capabilities);
  const json answer = client.initialize({{"textDocumentSync", 2}, {"diagnosticProvider", json::object()}});
  EXPECT_FALSE(answer["capabilities"].contains("diagnosticProvider"));
  client.open(blocking_text());
  EXPECT_EQ(lines_and_sources(client.last_diagnostics()), (Found{"4 awaitd"}));
}

json full(const json& items, const std::string& result_id = "") {
  json out = {{"kind", "full"}, {"items", items}};
  if (!result_id.empty()) out["resultId"] = result_id;
  return out;
}

TEST(WithPulls, AServerThatOnlyAnswersIsAsked) {
  Diagnosing d(json{{"textDocumentSync", 2}, {"diagnosticProvider", {{"identifier", "x"}}}});
  Fake& other = d.client.other();
  const json first = other.next("textDocument/diagnostic");
  EXPECT_EQ(first["params"], json({{"textDocument", {{"uri", kUri}}}, {"identifier", "x"}}));
  d.client.change(2, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  d.client.change(3, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  EXPECT_FALSE(other.got("textDocument/diagnostic"));  // one at a time
  other.answer(first, full(json::array({diagnostic(0, 0, 4, "theirs")}), "r1"));
  EXPECT_EQ(d.last(), (Found{"6 awaitd", "2 other"}));  // it was asked about version 1
  const json second = other.next("textDocument/diagnostic");
  EXPECT_EQ(second["params"]["previousResultId"], "r1");
  json report = full(json::array());
  report["relatedDocuments"] = {{"file:///w/b.py", full(json::array({diagnostic(0, 0, 1, "related")}))}};
  other.answer(second, report);
  EXPECT_EQ(d.client.next("textDocument/publishDiagnostics")["params"]["diagnostics"].size(), 1U);
  EXPECT_EQ(d.client.next("textDocument/publishDiagnostics")["params"]["uri"], "file:///w/b.py");
  EXPECT_FALSE(other.got("textDocument/diagnostic"));
  other.call(1, "workspace/diagnostic/refresh");
  other.answered(1);
  other.answer(other.next("textDocument/diagnostic"), {{"kind", "unchanged"}, {"resultId", "r1"}});
  d.client.notify("textDocument/didClose", {{"textDocument", {{"uri", kUri}}}});
  EXPECT_EQ(d.last(), Found{});
}

TEST(WithPulls, RegisteredLater) {
  Diagnosing d;
  Fake& other = d.client.other();
  other.call(1, "client/registerCapability",
             {{"registrations", json::array({{{"id", "1"}, {"method", "textDocument/diagnostic"}}})}});
  other.answered(1);
  EXPECT_FALSE(d.client.got("client/registerCapability"));  // not the client's business
  other.answer(other.next("textDocument/diagnostic"), full(json::array({diagnostic(0, 0, 4, "theirs")})));
  EXPECT_EQ(d.last(), (Found{"4 awaitd", "0 other"}));
}

TEST(WithPulls, EndWithTheFirstPush) {
  Diagnosing d(json{{"textDocumentSync", 2}, {"diagnosticProvider", json::object()}});
  Fake& other = d.client.other();
  const json asked = other.next("textDocument/diagnostic");
  other.publish(kUri, 1, json::array({diagnostic(0, 0, 4, "pushed")}));
  EXPECT_EQ(d.last(), (Found{"4 awaitd", "0 other"}));
  other.answer(asked, full(json::array({diagnostic(1, 0, 0, "pulled")})));
  EXPECT_FALSE(d.client.got("textDocument/publishDiagnostics"));
  d.client.change(2, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  EXPECT_FALSE(other.got("textDocument/diagnostic"));
}

TEST(WithPulls, AnErrorIsNotAskedForEver) {
  Diagnosing d(json{{"textDocumentSync", 2}, {"diagnosticProvider", json::object()}});
  Fake& other = d.client.other();
  other.refuse(other.next("textDocument/diagnostic"), -32802, "not now");
  EXPECT_FALSE(other.got("textDocument/diagnostic"));
  d.client.change(2, json::array({LspClient::edit(0, 0, 0, 0, "#\n")}));
  other.refuse(other.next("textDocument/diagnostic"), -32603, "bug");
  EXPECT_FALSE(other.got("textDocument/diagnostic"));
}

}  // namespace
}  // namespace awaitd::server::with
