#include "server/features/code_lenses.h"

#include <nlohmann/json.hpp>

#include "analysis/insight/explain.h"
#include "protocol/lsp_hints.h"

namespace awaitd::server {

namespace {

protocol::RawJson data_json(const Sheet& sheet, const std::string& function) {
  protocol::RawJson out;
  protocol::JsonWriter writer(out.text);
  writer.begin_object();
  writer.field("uri", sheet.uri);
  writer.field("version", sheet.version.value_or(0));
  writer.field("function", function);
  writer.end_object();
  return out;
}

}  // namespace

std::string code_lenses_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                             const Client& client) {
  const ClientText text(analysis::document(analysis), sheets, client.encoding);
  std::vector<protocol::CodeLens> lenses;
  for (const analysis::FunctionPlace& function : analysis::functions(analysis)) {
    const Sheet* sheet = text.holding(function.name);
    if (sheet == nullptr || sheet->uri != uri) continue;
    lenses.push_back({text.in(*sheet).range(function.name), {}, data_json(*sheet, function.id.name)});
  }
  return protocol::to_json_text(lenses);
}

std::optional<LensData> read_lens_data(const nlohmann::json& lens) {
  if (!lens.is_object() || !lens.contains("data")) return std::nullopt;
  LensData out;
  protocol::Reader::Failure failure;
  const protocol::Reader reader(lens["data"], "data", failure);
  reader.required("uri", out.uri);
  reader.required("version", out.version);
  reader.required("function", out.function);
  if (failure.failed) return std::nullopt;
  return out;
}

std::string resolved_lens_json(const analysis::AnalysisPtr& analysis, const LensData& data, const nlohmann::json& lens,
                               std::span<const analysis::AnalysisPtr> modules) {
  nlohmann::json out = lens;
  std::string title = "unknown";
  for (const analysis::FunctionPlace& function : analysis::functions(*analysis)) {
    if (function.id.name == data.function) title = analysis::summary(analysis, function, modules);
  }
  out["command"] = {{"title", title}, {"command", ""}};  // words only: nothing happens on a click
  return protocol::dump_json(out);
}

}  // namespace awaitd::server
