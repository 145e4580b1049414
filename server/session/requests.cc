// hover, codeAction and codeAction/resolve: computed on the pool from the analysis of the newest text.
#include <nlohmann/json.hpp>

#include "server/features/code_actions.h"
#include "server/features/hover.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {
protocol::ResponseError content_modified() {
  return {protocol::ErrorCode::ContentModified, "the document has changed", {}};
}
}  // namespace

// Where a request asks.
SheetPosition Session::asked(const OpenDocument& document, const protocol::TextDocumentPositionParams& params) {
  return {params.text_document.uri, document.sheets(), params.position};
}

void Session::when_shown(const DocumentPtr& document, protocol::ReplyOnce reply_,
                         std::function<void(protocol::ReplyOnce&)> then) {
  const auto reply = std::make_shared<protocol::ReplyOnce>(std::move(reply_));
  waiting_[reply->id()] = reply;
  analyser_.when_analysed(document, [this, reply, then = std::move(then)] {
    waiting_.erase(reply->id());
    if (!reply->answered()) then(*reply);
  });
}

void Session::when_analysed(const DocumentPtr& document, protocol::ReplyOnce reply_, Moot moot, Work work,
                            std::function<void(const OpenDocument&)> prepare) {
  const auto reply = std::make_shared<protocol::ReplyOnce>(std::move(reply_));
  waiting_[reply->id()] = reply;
  const auto give_up = [this, reply, moot] {
    waiting_.erase(reply->id());
    if (!reply->answered()) moot.error ? reply->error(*moot.error) : reply->result_json(moot.result);
  };
  analyser_.when_analysed(
      document, [this, document, reply, give_up, work = std::move(work), prepare = std::move(prepare)] {
        if (reply->answered()) return;
        const analysis::AnalysisPtr analysis = document->current();
        if (!analysis) return give_up();
        if (prepare) prepare(*document);
        run_then(
            {&executor_, &host_, &log_}, Priority::request,
            [analysis, work, cancel = reply->cancel_flag()](analysis::Parser& parser) {
              return cancel.set() ? std::string() : work(analysis, parser);
            },
            [this, document, reply, give_up, edition = document->analysis.wanted](const std::string& result) {
              if (edition != document->analysis.wanted) return give_up();
              waiting_.erase(reply->id());
              if (!reply->answered() && !reply->answered_as_cancelled()) reply->result_json(result);
            });
      });
}

// The texts as they are now; others are read when they are asked for.
FindTarget Session::edit_targets(const OpenDocument& own) const {
  std::map<std::string, EditTarget> open;
  for (const auto& [uri, document] : documents_) {
    EditTarget target{document->sheets(), std::make_shared<const analysis::Document>(document->text)};
    if (document.get() == &own) open[""] = target;
    if (!document->path.empty()) open.emplace(document->path.string(), std::move(target));
  }
  return [open = std::move(open), texts = texts_](const std::string& path) -> std::optional<EditTarget> {
    if (const auto found = open.find(path); found != open.end()) return found->second;
    auto text = texts->document(path);
    if (!text) return std::nullopt;
    return EditTarget{{Sheet{protocol::path_to_uri(path), std::nullopt}}, std::move(text)};
  };
}

void Session::on_hover(const protocol::HoverParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  if (!document) return reply.result(nullptr);
  when_analysed(document, std::move(reply), {"null", {}},
                [client = client_, where = asked(*document, params), modules = newest_analyses()](
                    const analysis::AnalysisPtr& analysis, analysis::Parser&) {
                  return hover_json(analysis, where, modules, client);
                });
}

void Session::on_code_action(const protocol::CodeActionParams& params, protocol::ReplyOnce reply) {
  const DocumentPtr document = find(params.text_document.uri);
  if (!document || document->too_large || !client_.can.code_action.literals) return reply.result_json("[]");
  // Filled in once the analysis is there: files its notes lead to are known only then.
  const auto query = std::make_shared<CodeActionQuery>(
      CodeActionQuery{params.text_document.uri, document->sheets(), params.range, params.context.only});
  when_analysed(
      document, std::move(reply), {{}, content_modified()},
      [client = client_, query](const analysis::AnalysisPtr& analysis, analysis::Parser& parser) {
        return protocol::to_json_text(code_actions(*analysis, parser, *query, client));
      },
      [this, query](const OpenDocument& now) {
        query->elsewhere = places_elsewhere(now, analysis::findings(*now.current()));
        query->target = edit_targets(now);
      });
}

void Session::on_resolve(const protocol::JsonValue& action, protocol::ReplyOnce reply) {
  const auto wanted = read_resolve_data(action.get());
  if (!wanted) return reply.error(protocol::ErrorCode::InvalidParams, "data is not what awaitd gave");
  const DocumentPtr document = find(wanted->uri);
  if (!document || document->too_large || document->version_of(wanted->uri) != wanted->version) {
    return reply.error(content_modified());
  }
  const auto target = std::make_shared<FindTarget>();
  when_analysed(
      document, std::move(reply), {{}, content_modified()},
      [client = client_, wanted = *wanted, action, target](const analysis::AnalysisPtr& analysis,
                                                           analysis::Parser& parser) {
        return resolved_json(*analysis, parser, wanted, action.get(), *target, client);
      },
      [this, target](const OpenDocument& now) { *target = edit_targets(now); });
}

}  // namespace awaitd::server
