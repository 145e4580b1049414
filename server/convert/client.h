// What a session has agreed on with its client; every conversion to LSP types asks it. A value, fixed after initialize.
#pragma once
#include "protocol/client_capabilities.h"
#include "protocol/positions.h"

namespace awaitd::server {

struct Client {
  protocol::ClientCapabilities can;
  protocol::PositionEncoding encoding = protocol::PositionEncoding::Utf16;
};

}  // namespace awaitd::server
