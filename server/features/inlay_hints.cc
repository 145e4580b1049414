#include "server/features/inlay_hints.h"

#include "analysis/insight/hints.h"
#include "protocol/lsp_hints.h"

namespace awaitd::server {

std::string inlay_hints_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                             protocol::Range range, const Client& client) {
  const ClientText text(analysis::document(analysis), sheets, client.encoding);
  const Sheet* sheet = text.named(uri);
  if (sheet == nullptr) return "[]";
  const Coordinates at = text.in(*sheet);
  std::vector<protocol::InlayHint> hints;
  for (const analysis::CallHint& hint : analysis::call_hints(analysis, at.offsets(range))) {
    if (text.at(hint.offset) == sheet) hints.push_back({at.position(hint.offset), hint.label, hint.tooltip, true});
  }
  return protocol::to_json_text(hints);
}

}  // namespace awaitd::server
