#include "server/features/capabilities.h"

#include "protocol/lsp_edit.h"

namespace awaitd::server {

namespace {

void add_options(protocol::JsonWriter& writer, std::string_view name, bool resolves) {
  writer.key(name);
  writer.begin_object();
  if (resolves) writer.field("resolveProvider", true);
  writer.end_object();
}

// The features that have no member in ServerCapabilities.
protocol::RawJson more(const Client& client) {
  protocol::RawJson out;
  protocol::JsonWriter writer(out.text);
  writer.begin_object();
  if (client.can.inlay_hint) writer.field("inlayHintProvider", true);
  if (client.can.code_lens) add_options(writer, "codeLensProvider", true);
  if (client.can.call_hierarchy) writer.field("callHierarchyProvider", true);
  if (client.can.document_link) add_options(writer, "documentLinkProvider", false);
  if (client.can.notebooks) {
    writer.key("notebookDocumentSync");
    writer.raw(R"({"notebookSelector":[{"cells":[{"language":"python"}]}],"save":true})");
  }
  writer.end_object();
  return out;
}

}  // namespace

protocol::ServerCapabilities server_capabilities(const Client& client) {
  protocol::ServerCapabilities out;
  out.position_encoding = client.encoding;
  out.hover = true;
  out.code_action_kinds = {std::string(protocol::code_action_kind::quick_fix),
                           std::string(protocol::code_action_kind::source_fix_all_awaitd)};
  out.code_action_resolve = client.can.code_action.lazy_edits();
  if (client.can.code_action.documentation && client.can.window.show_document) {
    out.code_action_documentation = {{std::string(protocol::code_action_kind::quick_fix),
                                      {"Read about awaitd's rules", std::string(kOpenRulesCommand), {}}}};
    out.commands.emplace_back(kOpenRulesCommand);
  }
  out.workspace_folders = client.can.workspace.folders;
  if (client.pulls()) {
    // The setting may come later: whom no offer can be made to then has it at once, and his requests wait for that.
    out.diagnostics = protocol::DiagnosticOptions{"awaitd", true, !client.can.pull.dynamic_registration};
  }
  out.more = more(client);
  return out;
}

}  // namespace awaitd::server
