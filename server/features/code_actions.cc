#include "server/features/code_actions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/rules/rule.h"
#include "protocol/json.h"
#include "server/convert/coordinates.h"
#include "server/convert/diagnostics.h"
#include "server/convert/edits.h"

namespace awaitd::server {

namespace kinds = protocol::code_action_kind;

namespace {

bool wants(const CodeActionQuery& query, std::string_view kind) {
  return query.only && std::any_of(query.only->begin(), query.only->end(),
                                   [&](const std::string& wanted) { return kinds::matches(wanted, kind); });
}

protocol::RawJson data_json(const ResolveData& data) {
  protocol::RawJson out;
  protocol::JsonWriter writer(out.text);
  writer.begin_object();
  writer.field("uri", data.uri);
  writer.field("version", data.version);
  writer.field("code", data.code);
  writer.field("start", data.range.start);
  writer.field("end", data.range.end);
  writer.field("index", data.index);
  writer.end_object();
  return out;
}

// A fix of this document alone; fixes over several files come with the project graph.
const std::vector<analysis::Edit>* own_edits(const analysis::Fix& fix) {
  return fix.files.size() == 1 && fix.files.front().file.empty() ? &fix.files.front().edits : nullptr;
}

// Inline where the client cannot resolve, else on demand.
void attach(protocol::CodeAction& action, const std::vector<analysis::Edit>& edits, const ResolveData& data,
            const analysis::Document& document, const Client& client) {
  if (client.can.code_action.lazy_edits()) {
    action.data = data_json(data);
  } else {
    action.edit = to_workspace_edit(edits, document, data.uri, data.version, client);
  }
}

void add_quick_fixes(const analysis::Analysis& analysis, const CodeActionQuery& query, const Client& client,
                     std::vector<protocol::CodeAction>& out) {
  const analysis::Document& document = analysis::document(analysis);
  const analysis::Range range = Coordinates(document, client.encoding).offsets(query.range);
  for (const analysis::Finding& finding : analysis::findings(analysis)) {
    if (finding.range.start > range.end || finding.range.end < range.start) continue;
    const auto fixes = analysis::fixes_for(analysis, finding);
    for (std::uint32_t i = 0; i < fixes.size(); ++i) {
      const auto* edits = own_edits(fixes[i]);
      if (!edits) continue;
      protocol::CodeAction& action = out.emplace_back();
      action.title = fixes[i].title;
      action.kind = kinds::quick_fix;
      action.diagnostics.push_back(to_diagnostic(finding, document, query.uri, client, query.elsewhere));
      action.is_preferred = fixes[i].preferred && client.can.code_action.is_preferred;
      attach(action, *edits, {query.uri, query.version, std::string(finding.rule->code), finding.range, i}, document,
             client);
    }
  }
}

void add_fix_all(const analysis::Analysis& analysis, analysis::Parser& parser, const CodeActionQuery& query,
                 const Client& client, std::vector<protocol::CodeAction>& out) {
  // Computed at once: an action that turns out to change nothing is a nuisance on every save.
  const auto edits = analysis::fix_all(analysis, parser);
  if (edits.empty()) return;
  protocol::CodeAction& action = out.emplace_back();
  action.title = "Fix all safe awaitd findings";
  action.kind = kinds::source_fix_all_awaitd;
  attach(action, edits, {query.uri, query.version, {}, {}, 0}, analysis::document(analysis), client);
}

std::vector<analysis::Edit> edits_of(const analysis::Analysis& analysis, analysis::Parser& parser,
                                     const ResolveData& data, std::string_view title) {
  if (data.code.empty()) return analysis::fix_all(analysis, parser);
  for (const analysis::Finding& finding : analysis::findings(analysis)) {
    if (finding.rule->code != data.code || finding.range != data.range) continue;
    const auto fixes = analysis::fixes_for(analysis, finding);
    if (data.index >= fixes.size() || fixes[data.index].title != title) continue;
    const auto* edits = own_edits(fixes[data.index]);
    if (edits) return *edits;
  }
  return {};
}

}  // namespace

std::vector<protocol::CodeAction> code_actions(const analysis::Analysis& analysis, analysis::Parser& parser,
                                               const CodeActionQuery& query, const Client& client) {
  std::vector<protocol::CodeAction> out;
  if (!query.only || wants(query, kinds::quick_fix)) add_quick_fixes(analysis, query, client, out);
  if (wants(query, kinds::source_fix_all_awaitd)) add_fix_all(analysis, parser, query, client, out);
  return out;
}

std::optional<ResolveData> read_resolve_data(const nlohmann::json& action) {
  if (!action.is_object() || !action.contains("data")) return std::nullopt;
  ResolveData out;
  protocol::Reader::Failure failure;
  const protocol::Reader reader(action["data"], "data", failure);
  reader.required("uri", out.uri);
  reader.required("version", out.version);
  reader.required("code", out.code);
  reader.required("start", out.range.start);
  reader.required("end", out.range.end);
  reader.required("index", out.index);
  if (failure.failed) return std::nullopt;
  return out;
}

std::string resolved_json(const analysis::Analysis& analysis, analysis::Parser& parser, const ResolveData& data,
                          const nlohmann::json& action, const Client& client) {
  nlohmann::json out = action;
  const auto title = action.find("title");
  const auto edits = edits_of(analysis, parser, data,
                              title != action.end() && title->is_string() ? title->get_ref<const std::string&>() : "");
  if (!edits.empty()) {
    const auto edit = to_workspace_edit(edits, analysis::document(analysis), data.uri, data.version, client);
    out["edit"] = protocol::parse_json(protocol::to_json_text(edit))->get();
  }
  return protocol::dump_json(out);
}

}  // namespace awaitd::server
