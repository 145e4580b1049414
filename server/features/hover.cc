#include "server/features/hover.h"

#include "analysis/insight/explain.h"
#include "protocol/lsp_workspace.h"

namespace awaitd::server {

std::string hover_json(const analysis::AnalysisPtr& analysis, const SheetPosition& where,
                       std::span<const analysis::AnalysisPtr> modules, const Client& client) {
  const ClientText text(analysis::document(*analysis), where.sheets, client.encoding);
  const Sheet* sheet = text.named(where.uri);
  if (sheet == nullptr) return "null";
  const std::uint32_t offset = text.in(*sheet).offset(where.position);
  const bool told = client.can.hover.shows_diagnostics && client.diagnostics().related_information;
  auto hover = told ? analysis::hover_below_message(*analysis, offset) : analysis::hover(*analysis, offset);
  if (!hover) hover = analysis::explain(analysis, offset, modules);
  if (!hover) return "null";
  protocol::Hover out;
  out.contents.markdown = client.can.hover.markdown;
  out.contents.value = client.can.hover.markdown ? hover->markdown : hover->plain;
  out.range = text.in(*sheet).range(hover->range);
  return protocol::to_json_text(out);
}

}  // namespace awaitd::server
