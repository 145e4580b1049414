// All of JSON-RPC: messages as values, the reply object that answers exactly once, and the dispatcher with its table of
// typed handlers. Single-threaded; see each header.
#pragma once

#include "protocol/dispatcher.h"  // IWYU pragma: export
#include "protocol/message.h"     // IWYU pragma: export
#include "protocol/reply.h"       // IWYU pragma: export
