#include "server/features/code_actions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/project_fixes.h"
#include "analysis/rules/rule.h"
#include "protocol/json.h"
#include "server/convert/diagnostics.h"

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

// Inline where the client cannot resolve, else on demand. False if the edit cannot be made.
bool attach(protocol::CodeAction& action, const analysis::Fix& fix, const ResolveData& data, const FindTarget& target,
            const Client& client) {
  if (client.can.code_action.lazy_edits()) {
    action.data = data_json(data);
    return true;
  }
  action.edit = to_workspace_edit(fix, target, client);
  return action.edit.has_value();
}

// What a finding underlines, or the end of it: of a chain of calls that is the last one.
std::string underlined(const analysis::Document& document, analysis::Range range) {
  constexpr std::size_t kLongest = 40;
  std::string text = document.text().substr(range.start, range.end - range.start);
  text = text.substr(0, text.find_first_of("\r\n"));
  if (text.size() <= kLongest) return text;
  const std::size_t dot = text.find('.', text.size() - kLongest);
  return dot == std::string::npos ? std::string() : "..." + text.substr(dot + 1);
}

// `urlopen(url).read()`: two findings at one place, whose fixes have one title. Each says what it is for; resolve()
// knows it by how it begins.
void tell_apart(std::vector<protocol::CodeAction>& actions, const std::vector<std::string>& what) {
  std::vector<std::string> titles;
  for (const protocol::CodeAction& action : actions) titles.push_back(action.title);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    bool alone = true;
    for (std::size_t k = 0; k < actions.size(); ++k) alone &= k == i || titles[k] != titles[i] || what[k] == what[i];
    if (!alone && !what[i].empty()) actions[i].title += ": " + what[i];
  }
}

void add_quick_fixes(const analysis::Analysis& analysis, const CodeActionQuery& query, const Client& client,
                     std::vector<protocol::CodeAction>& out) {
  const ClientText text(analysis::document(analysis), query.sheets, client.encoding);
  const Sheet* sheet = text.named(query.uri);
  if (sheet == nullptr) return;
  const analysis::Range range = text.in(*sheet).offsets(query.range);
  std::vector<std::string> what;  // each action is for
  for (const analysis::Finding& finding : analysis::findings(analysis)) {
    if (finding.range.start > range.end || finding.range.end < range.start) continue;
    const auto [fixes, refused] = analysis::project_fixes_for(analysis, finding);
    for (std::uint32_t i = 0; i < fixes.size(); ++i) {
      protocol::CodeAction action;
      action.title = fixes[i].title;
      action.kind = kinds::quick_fix;
      action.diagnostics.push_back(to_diagnostic(finding, text, client, query.elsewhere));
      action.is_preferred = fixes[i].preferred && client.can.code_action.is_preferred;
      const ResolveData data{query.uri, sheet->version.value_or(0), std::string(finding.rule->code), finding.range, i};
      if (!attach(action, fixes[i], data, query.target, client)) continue;
      out.push_back(std::move(action));
      what.push_back(underlined(analysis::document(analysis), finding.range));
    }
    if (!refused || !client.can.code_action.disabled) continue;
    protocol::CodeAction& action = out.emplace_back();
    action.title = refused->title;
    action.kind = kinds::quick_fix;
    action.diagnostics.push_back(to_diagnostic(finding, text, client, query.elsewhere));
    action.disabled = refused->reason;
    what.push_back(underlined(analysis::document(analysis), finding.range));
  }
  tell_apart(out, what);
}

// All safe fixes as one; without files if there is nothing to do.
analysis::Fix whole_fix(const analysis::Analysis& analysis, analysis::Parser& parser) {
  analysis::Fix fix;
  fix.title = "Fix all safe awaitd findings";
  auto edits = analysis::fix_all(analysis, parser);
  if (!edits.empty()) fix.files.push_back({{}, std::move(edits)});
  return fix;
}

void add_fix_all(const analysis::Analysis& analysis, analysis::Parser& parser, const CodeActionQuery& query,
                 const Client& client, std::vector<protocol::CodeAction>& out) {
  // Computed at once: an action that turns out to change nothing is a nuisance on every save.
  const analysis::Fix fix = whole_fix(analysis, parser);
  if (fix.files.empty()) return;
  protocol::CodeAction action;
  action.title = fix.title;
  action.kind = kinds::source_fix_all_awaitd;
  const Sheet* sheet = ClientText(analysis::document(analysis), query.sheets, client.encoding).named(query.uri);
  if (sheet == nullptr) return;
  const ResolveData data{query.uri, sheet->version.value_or(0), {}, {}, 0};
  if (attach(action, fix, data, query.target, client)) out.push_back(std::move(action));
}

std::optional<analysis::Fix> fix_of(const analysis::Analysis& analysis, analysis::Parser& parser,
                                    const ResolveData& data, std::string_view title) {
  if (data.code.empty()) return whole_fix(analysis, parser);
  for (const analysis::Finding& finding : analysis::findings(analysis)) {
    if (finding.rule->code != data.code || finding.range != data.range) continue;
    auto fixes = analysis::project_fixes_for(analysis, finding).fixes;
    if (data.index < fixes.size() && title.starts_with(fixes[data.index].title)) return std::move(fixes[data.index]);
  }
  return std::nullopt;
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
                          const nlohmann::json& action, const FindTarget& target, const Client& client) {
  nlohmann::json out = action;
  const auto title = action.find("title");
  const auto fix = fix_of(analysis, parser, data,
                          title != action.end() && title->is_string() ? title->get_ref<const std::string&>() : "");
  const auto edit = fix && !fix->files.empty() ? to_workspace_edit(*fix, target, client) : std::nullopt;
  if (edit) out["edit"] = protocol::parse_json(protocol::to_json_text(*edit))->get();
  return protocol::dump_json(out);
}

}  // namespace awaitd::server
