// What a session has agreed on with its client; every conversion to LSP types asks it. A value, fixed after initialize.
#pragma once
#include "protocol/client_capabilities.h"
#include "protocol/positions.h"

namespace awaitd::server {

struct Client {
  protocol::ClientCapabilities can;
  protocol::PositionEncoding encoding = protocol::PositionEncoding::Utf16;

  // It asks for diagnostics, so nothing is pushed (but for the cells of notebooks). Who cannot be told to ask again
  // (Neovim 0.10) would miss what an edit in another file changes, and gets them pushed.
  bool pulls() const { return can.pull.supported && can.pull.refresh; }
  // What its diagnostics may hold.
  const protocol::ClientCapabilities::Diagnostics& diagnostics() const {
    return pulls() ? static_cast<const protocol::ClientCapabilities::Diagnostics&>(can.pull) : can.publish;
  }
};

}  // namespace awaitd::server
