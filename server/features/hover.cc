#include "server/features/hover.h"

#include "protocol/lsp_workspace.h"
#include "server/convert/coordinates.h"

namespace awaitd::server {

std::string hover_json(const analysis::Analysis& analysis, protocol::Position position, const Client& client) {
  const Coordinates at(analysis::document(analysis), client.encoding);
  const auto hover = analysis::hover(analysis, at.offset(position));
  if (!hover) return "null";
  protocol::Hover out;
  out.contents.markdown = client.can.hover.markdown;
  out.contents.value = client.can.hover.markdown ? hover->markdown : hover->plain;
  out.range = at.range(hover->range);
  return protocol::to_json_text(out);
}

}  // namespace awaitd::server
