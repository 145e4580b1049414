// Several servers' answers as one. Answers are the raw JSON of LSP. Pure functions over values; none of them fails.
#pragma once
#include <string>
#include <vector>

#include "protocol/client_capabilities.h"
#include "protocol/json.h"

namespace awaitd::server::with {

// Says nothing: null, [], {}, a list or hover without content.
bool is_empty(const protocol::Json& result);

// The texts one below the other, in the order given: markdown with a rule between, or plain text where the client shows
// no markdown. The range is the first one's.
protocol::Json merged_hover(const std::vector<const protocol::Json*>& hovers,
                            const protocol::ClientCapabilities::Hover& client);

// All elements, in the order given.
protocol::Json merged_list(const std::vector<const protocol::Json*>& lists);

}  // namespace awaitd::server::with
