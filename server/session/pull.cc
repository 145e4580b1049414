// textDocument/diagnostic. A result id names the content of an answer, so it needs no memory.
// Clients pull when they change a text; whatever else changes what they would get asks them to pull again.
#include "server/convert/diagnostics.h"
#include "server/features/capabilities.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {

protocol::ResponseError try_again() {
  return {protocol::ErrorCode::ServerCancelled, "the document has changed", {R"({"retriggerRequest":true})"}};
}

protocol::DocumentDiagnosticReport make_report(std::string items, const std::string& id, const std::string& previous) {
  protocol::DocumentDiagnosticReport out;
  out.result_id = id;
  out.unchanged = previous == id;
  out.items_text.text = std::move(items);
  return out;
}

}  // namespace

void Session::on_diagnostic(const protocol::DocumentDiagnosticParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  refreshes_.heard(Refresh::diagnostics);
  // Who registered for the workspace asks about open documents under that name, too; they are told under the other one.
  const bool told_elsewhere = params.identifier == std::string(kWorkspaceDiagnostics);
  // The cells of notebooks are pushed: not every client that pulls does it for them.
  if (told_elsewhere || !document || document->notebook || document->too_large)
    return reply.result(protocol::DocumentDiagnosticReport());
  when_shown(document, std::move(reply),
             [this, document, previous = params.previous_result_id.value_or("")](protocol::ReplyOnce& now) {
               if (!document->current()) return now.error(try_again());
               // Clients forget what they show of a document that they close, and some keep its result id (Neovim, and
               // VS Code): the first answer after didOpen says all.
               now.result(report(*document, document->pulled ? previous : std::string()));
               if (document->last_good.keeps_any() && !document->settling) settle_later(document, kSettleAfter);
             });
}

// What the client gets of a document now, as JSON; its analysis is there.
std::string Session::pulled_items(OpenDocument& document) {
  // Freed when the client has its answer.
  const analysis::AnalysisPtr replaced = document.last_good.base();
  const std::vector<analysis::Finding> findings = document.last_good.update(document.current(), settled(document));
  const Sheets sheets = document.sheets();
  const ClientText text(document.text, sheets, client_.encoding);
  const NotePlaces elsewhere = places_elsewhere(document, findings);
  std::vector<protocol::Diagnostic> items;
  items.reserve(findings.size());
  for (const analysis::Finding& finding : findings) items.push_back(to_diagnostic(finding, text, client_, elsewhere));
  return protocol::to_json_text(items);
}

protocol::DocumentDiagnosticReport Session::report(OpenDocument& document, const std::string& previous) {
  const auto fresh = [this](OpenDocument& one, const std::string& known) {
    std::string items = pulled_items(one);
    const std::string id = content_id(items);
    one.pulled = Told{id, one.version};
    one.pulled_stale = false;
    return make_report(std::move(items), id, known);
  };
  protocol::DocumentDiagnosticReport out = fresh(document, previous);
  if (!client_.can.pull.related_documents) return out;
  for (const auto& [uri, other] : documents_) {
    if (other->pulled_stale && other->current() && other.get() != &document) {
      out.related_documents.emplace(uri, fresh(*other, {}));
    }
  }
  return out;
}

// A new analysis of a text that the client has pulled already: it does not ask again by itself.
void Session::compare_with_pulled(OpenDocument& document) {
  if (!document.pulled || document.pulled->version != document.version) return;
  if (document.pulled->text == content_id(pulled_items(document))) return;
  document.pulled_stale = true;
  refresh(Refresh::diagnostics);
}

void Session::refresh(Refresh what) {
  const bool can = what == Refresh::diagnostics   ? client_.can.pull.refresh
                   : what == Refresh::inlay_hints ? client_.can.workspace.inlay_hint_refresh
                                                  : client_.can.workspace.code_lens_refresh;
  if (!can || state_ != State::running || !refreshes_.wanted(what)) return;
  dispatcher_.call_json(method_of(what), "", [this, what](const protocol::Response&) {
    if (refreshes_.heard(what)) refresh(what);
  });
}

}  // namespace awaitd::server
