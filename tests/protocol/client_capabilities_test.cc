// The `initialize` requests of eleven real clients (tests/data/client-capabilities), and what is read from each.
#include "protocol/client_capabilities.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "protocol/jsonrpc.h"
#include "protocol/lsp_lifecycle.h"

namespace awaitd::protocol {
namespace {

const std::filesystem::path folder = std::filesystem::path(AWAITD_SOURCE_DIR) / "tests/data/client-capabilities";

InitializeParams initialize_of(const std::string& name) {
  std::ifstream file(folder / (name + ".json"), std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  const Message message = parse_message(body);
  if (!std::holds_alternative<Request>(message)) {
    ADD_FAILURE() << name << ": " << std::get<Malformed>(message).error.message;
    return {};
  }
  const auto params = read_json<InitializeParams>(std::get<Request>(message).params.get());
  EXPECT_TRUE(params) << name;
  return *params;
}

// Every fact as a word, so that one line tells all of a client.
std::string facts(const ClientCapabilities& c) {
  std::string out;
  const auto add = [&](bool yes, const char* word) {
    if (yes) out.append(" ").append(word);
  };
  out += encoding_name(choose_position_encoding(c.position_encodings));
  add(c.hover.markdown, "md");
  add(c.hover.plaintext, "text");
  add(c.code_action.literals, "literals");
  add(c.code_action.is_preferred, "preferred");
  add(c.code_action.disabled, "disabled");
  add(c.code_action.data, "ca-data");
  add(c.code_action.resolve_edit, "resolve-edit");
  add(c.code_action.resolve_command, "resolve-command");
  add(c.code_action.honors_change_annotations, "honors-annotations");
  add(c.code_action.documentation, "documentation");
  add(c.code_action.dynamic_registration, "ca-dynamic");
  add(c.workspace_edit.apply, "apply");
  add(c.workspace_edit.document_changes, "documentChanges");
  add(c.workspace_edit.snippets, "snippets");
  add(c.workspace_edit.change_annotations, "annotations");
  add(c.workspace_edit.metadata, "metadata");
  const auto add_diagnostics = [&](const ClientCapabilities::Diagnostics& d, const char* name) {
    out.append(" ").append(name).append("(");
    out += d.related_information ? "r" : "";
    out += d.tag_unnecessary ? "u" : "";
    out += d.tag_deprecated ? "d" : "";
    out += d.code_description ? "c" : "";
    out += d.data ? "D" : "";
  };
  add_diagnostics(c.publish, "push");
  out += c.publish.version ? "v)" : ")";
  if (c.pull.supported) {
    add_diagnostics(c.pull, "pull");
    out += c.pull.dynamic_registration ? "+" : "";
    out += c.pull.related_documents ? "R" : "";
    out += c.pull.refresh ? "f)" : ")";
  }
  add(c.workspace.configuration, "configuration");
  add(c.workspace.configuration_dynamic, "configuration-dynamic");
  add(c.workspace.folders, "folders");
  add(c.workspace.watched_files_dynamic, "watch");
  add(c.workspace.watched_files_relative_pattern, "relative");
  add(c.workspace.inlay_hint_refresh, "inlay-refresh");
  add(c.workspace.code_lens_refresh, "lens-refresh");
  add(c.workspace.text_document_content, "content");
  add(c.window.work_done_progress, "progress");
  add(c.window.show_message_actions, "actions");
  add(c.window.show_document, "showDocument");
  add(c.did_save, "save");
  add(c.inlay_hint, "inlay");
  add(c.code_lens, "lens");
  add(c.call_hierarchy, "calls");
  add(c.document_link, "links");
  return out;
}

TEST(ClientCapabilities, OfElevenRealClients) {
  const std::string eglot117 =
      "utf-8 text literals preferred ca-data resolve-edit resolve-command apply documentChanges push(ud) configuration "
      "folders watch progress showDocument save inlay";
  const std::string vscode_tail =
      " configuration configuration-dynamic folders watch relative inlay-refresh lens-refresh content progress actions "
      "showDocument save inlay lens calls links";
  const std::string vscode =
      "utf-16 md text literals preferred disabled ca-data resolve-edit resolve-command honors-annotations "
      "documentation "
      "ca-dynamic apply documentChanges snippets annotations metadata push(rudcD) pull(rudcD+f)" +
      vscode_tail;
  const std::map<std::string, std::string> expected = {
      {"eglot-1.17.30-emacs30.1", eglot117},
      {"eglot-1.17.30-emacs30.2", eglot117},
      {"eglot-1.9-emacs28.2",
       "utf-16 text literals preferred apply documentChanges push(ud) configuration folders watch save"},
      {"helix-25.01.1",
       "utf-8 md literals preferred disabled ca-data resolve-edit resolve-command apply documentChanges push(udv) "
       "configuration folders watch progress inlay"},
      {"nvim-0.10.4",
       "utf-16 md text literals preferred ca-data resolve-edit ca-dynamic apply push(rudD) pull(rudD) configuration "
       "folders relative inlay-refresh progress actions showDocument save inlay calls"},
      {"nvim-0.12.4",
       "utf-8 md text literals preferred disabled ca-data resolve-edit resolve-command honors-annotations ca-dynamic "
       "apply annotations push(rudD) pull(rudD+Rf) configuration folders relative inlay-refresh lens-refresh progress "
       "actions showDocument save inlay lens calls links"},
      {"nvim-0.7.2", "utf-16 md text literals ca-data resolve-edit apply push(rud) folders progress actions save"},
      {"vim9-ale-3.3.0", "utf-16 text literals push(r) save"},
      {"vscode-lc10", vscode},
      {"vscode-lc11", vscode},
      {"vscode-lc9",
       "utf-16 md text literals preferred disabled ca-data resolve-edit honors-annotations ca-dynamic apply "
       "documentChanges annotations push(rudcD) pull(rudcD+f) configuration configuration-dynamic folders watch "
       "relative "
       "inlay-refresh lens-refresh progress actions showDocument save inlay lens calls links"},
  };
  for (const auto& [name, words] : expected) EXPECT_EQ(facts(initialize_of(name).capabilities), words) << name;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    EXPECT_EQ(expected.count(entry.path().stem().string()), 1u) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, expected.size());
}

TEST(ClientCapabilities, InitializeOfRealClients) {
  const InitializeParams code = initialize_of("vscode-lc9");
  EXPECT_EQ(code.client_info.name, "code-server");
  EXPECT_EQ(code.trace, "verbose");
  EXPECT_EQ(code.initialization_options.get()["settings"]["trace"]["server"], "verbose");
  ASSERT_EQ(code.roots().size(), 1u);
  EXPECT_EQ(code.roots()[0].uri, "file:///workspace");
  EXPECT_EQ(code.roots()[0].name, "ws");
  EXPECT_EQ(code.process_id, 19547);

  const InitializeParams nvim = initialize_of("nvim-0.12.4");  // all roots are null
  EXPECT_TRUE(nvim.roots().empty());
  EXPECT_FALSE(nvim.root_uri);
  EXPECT_TRUE(nvim.initialization_options.is_null());

  const InitializeParams ale = initialize_of("vim9-ale-3.3.0");  // no workspaceFolders member
  ASSERT_EQ(ale.roots().size(), 1u);
  EXPECT_EQ(ale.roots()[0].uri, "file:///workspace");
  EXPECT_EQ(ale.trace, "off");
}

TEST(ClientCapabilities, BrokenOnesReadAsAbsent) {
  for (
      const char* text :
      {"null", "7", "[]", "{}", R"({"textDocument":7,"workspace":[],"general":{"positionEncodings":"utf-8"}})",
       R"({"textDocument":{"codeAction":{"resolveSupport":{"properties":[1]},"isPreferredSupport":"yes"},"hover":[]}})"}) {
    const ClientCapabilities read = read_client_capabilities(Json::parse(text));
    EXPECT_TRUE(read.position_encodings.empty()) << text;
    EXPECT_FALSE(read.code_action.is_preferred || read.code_action.resolve_edit || read.hover.markdown) << text;
  }
}

TEST(ClientCapabilities, InitializeNeverFails) {
  for (
      const char* text :
      {"null", "[]", "7", "{}",
       R"({"processId":"x","rootUri":7,"workspaceFolders":[{"name":1}],"clientInfo":"me","capabilities":1,"trace":{}})"}) {
    const auto params = read_json<InitializeParams>(Json::parse(text));
    ASSERT_TRUE(params) << text << params.error();
    EXPECT_TRUE(params->roots().empty());
    EXPECT_FALSE(params->process_id);
    EXPECT_EQ(params->trace, "off");
  }
}

TEST(PositionEncodingChoice, PrefersUtf8ThenUtf16) {
  const auto choose = [](std::vector<std::string> offered) { return encoding_name(choose_position_encoding(offered)); };
  EXPECT_EQ(choose({}), "utf-16");
  EXPECT_EQ(choose({"utf-16"}), "utf-16");
  EXPECT_EQ(choose({"utf-32", "utf-8", "utf-16"}), "utf-8");
  EXPECT_EQ(choose({"utf-32", "utf-16"}), "utf-16");
  EXPECT_EQ(choose({"utf-32"}), "utf-32");
  EXPECT_EQ(choose({"ebcdic"}), "utf-16");
}

}  // namespace
}  // namespace awaitd::protocol
