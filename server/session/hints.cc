// Inlay hints, code lenses and document links: worked out on the pool when they are asked for, never before.
#include <nlohmann/json.hpp>

#include "server/features/capabilities.h"
#include "server/features/code_lenses.h"
#include "server/features/document_links.h"
#include "server/features/inlay_hints.h"
#include "server/session/session.h"

namespace awaitd::server {

void Session::on_inlay_hint(const protocol::InlayHintParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  refreshes_.heard(Refresh::inlay_hints);
  if (!document || !shared_settings_->wants_inlay_hints()) return reply.result_json("[]");
  when_analysed(
      document, std::move(reply), {"[]", {}},
      [client = client_, sheets = document->sheets(), params](const analysis::AnalysisPtr& analysis,
                                                              analysis::Parser&) {
        return inlay_hints_json(*analysis, sheets, params.text_document.uri, params.range, client);
      },
      [document](const OpenDocument&) { document->hinted = document->version; });
}

void Session::on_code_lens(const protocol::CodeLensParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  refreshes_.heard(Refresh::code_lenses);
  if (!document || !shared_settings_->wants_code_lens()) return reply.result_json("[]");
  when_analysed(
      document, std::move(reply), {"[]", {}},
      [client = client_, sheets = document->sheets(), uri = params.text_document.uri](
          const analysis::AnalysisPtr& analysis, analysis::Parser&) {
        return code_lenses_json(*analysis, sheets, uri, client);
      },
      [document](const OpenDocument&) { document->hinted = document->version; });
}

void Session::on_resolve_lens(const protocol::JsonValue& lens, protocol::ReplyOnce reply) {
  const auto data = read_lens_data(lens.get());
  if (!data) return reply.error(protocol::ErrorCode::InvalidParams, "data is not what awaitd gave");
  const DocumentPtr document = find(data->uri);
  const protocol::ResponseError changed{protocol::ErrorCode::ContentModified, "the document has changed", {}};
  if (!document || document->too_large || document->version_of(data->uri) != data->version) return reply.error(changed);
  when_analysed(
      document, std::move(reply), {{}, changed},
      [data = *data, lens, modules = newest_analyses()](const analysis::AnalysisPtr& analysis, analysis::Parser&) {
        return resolved_lens_json(analysis, data, lens.get(), modules);
      });
}

void Session::on_document_link(const protocol::DocumentLinkParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  if (!document) return reply.result_json("[]");
  when_analysed(document, std::move(reply), {"[]", {}},
                [client = client_, sheets = document->sheets(), uri = params.text_document.uri](
                    const analysis::AnalysisPtr& analysis, analysis::Parser&) {
                  return document_links_json(*analysis, sheets, uri, client);
                });
}

// Of all open documents.
std::vector<analysis::AnalysisPtr> Session::newest_analyses() const {
  std::vector<analysis::AnalysisPtr> out;
  for (const auto& [uri, document] : documents_) {
    if (document->analysis.newest) out.push_back(document->analysis.newest);
  }
  return out;
}

void Session::on_execute_command(const protocol::ExecuteCommandParams& params, protocol::ReplyOnce reply) {
  if (params.command != kOpenRulesCommand) return on_test_command(params, std::move(reply));
  const nlohmann::json shown = {{"uri", std::string(kRulePages)}, {"external", true}};
  if (client_.can.window.show_document) dispatcher_.call_json("window/showDocument", shown.dump(), {});
  reply.result(nullptr);
}

}  // namespace awaitd::server
