#include "server/features/document_links.h"

#include "analysis/insight/mentions.h"
#include "analysis/rules/rule.h"
#include "protocol/lsp_hints.h"
#include "server/convert/diagnostics.h"

namespace awaitd::server {

std::string document_links_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                                const Client& client) {
  const ClientText text(analysis::document(analysis), sheets, client.encoding);
  std::vector<protocol::DocumentLink> links;
  for (const analysis::RuleMention& mention : analysis::rule_mentions(analysis)) {
    const Sheet* sheet = text.holding(mention.range);
    if (sheet == nullptr || sheet->uri != uri) continue;
    protocol::DocumentLink link;
    link.range = text.in(*sheet).range(mention.range);
    link.target = std::string(kRulePages) + std::string(mention.rule->name);
    if (client.can.document_link_tooltip) {
      link.tooltip = std::string(mention.rule->code) + " " + std::string(mention.rule->name) + ": " +
                     std::string(mention.rule->summary);
    }
    links.push_back(std::move(link));
  }
  return protocol::to_json_text(links);
}

}  // namespace awaitd::server
