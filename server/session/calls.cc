// Call hierarchy requests: what jobs need to know of the open documents is gathered here.
#include "server/features/call_hierarchy.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {

OpenModule open_module(const OpenDocument& document) {
  return {document.path.string(), document.analysis.newest, document.sheets(), document.drift, document.text};
}

}  // namespace

CallSources Session::call_sources(const protocol::CancelFlag& cancel) const {
  CallSources out;
  for (const auto& [uri, document] : documents_) out.open.push_back(open_module(*document));
  out.folders = folders_;
  out.texts = texts_;
  out.projects = projects_;
  out.client = client_;
  out.cancelled = [cancel] { return cancel.set(); };
  return out;
}

void Session::on_prepare_calls(const protocol::TextDocumentPositionParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  if (!document) return reply.result(nullptr);
  const auto sources = std::make_shared<CallSources>();
  const auto own = std::make_shared<OpenModule>();
  const protocol::CancelFlag cancel = reply.cancel_flag();
  when_analysed(
      document, std::move(reply), {"null", {}},
      [sources, own, where = asked(*document, params)](const analysis::AnalysisPtr& analysis, analysis::Parser&) {
        const ClientText text(analysis::document(*analysis), own->sheets, sources->client.encoding);
        const Sheet* sheet = text.named(where.uri);
        if (sheet == nullptr) return std::string("null");
        return prepare_calls_json(*sources, *own, text.in(*sheet).offset(where.position));
      },
      [this, sources, own, cancel](const OpenDocument& now) {
        *sources = call_sources(cancel);
        *own = open_module(now);
      });
}

void Session::on_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply_, CallsJson calls) {
  const auto item = read_item_data(params.item);
  if (!item) return reply_.error(protocol::ErrorCode::InvalidParams, "data is not what awaitd gave");
  const auto reply = std::make_shared<protocol::ReplyOnce>(std::move(reply_));
  waiting_[reply->id()] = reply;
  run_then(
      {&executor_, &host_, &log_}, Priority::request,
      [sources = call_sources(reply->cancel_flag()), item = *item, calls](analysis::Parser&) {
        return calls(sources, item);
      },
      [this, reply](const std::string& json) {
        waiting_.erase(reply->id());
        if (!reply->answered() && !reply->answered_as_cancelled()) reply->result_json(json);
      });
}

void Session::on_incoming_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply) {
  on_calls(params, std::move(reply), incoming_calls_json);
}

void Session::on_outgoing_calls(const protocol::CallHierarchyCallsParams& params, protocol::ReplyOnce reply) {
  on_calls(params, std::move(reply), outgoing_calls_json);
}

}  // namespace awaitd::server
