// Quick fixes and source.fixAll.awaitd from an analysis, and their edits when the client resolves them later. Computed
// from the range alone: a client's copies of diagnostics may be stale or in wrong columns. Pure, any thread.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "protocol/lsp_edit.h"
#include "server/convert/client.h"
#include "server/convert/diagnostics.h"
#include "server/convert/edits.h"

namespace awaitd::server {

struct CodeActionQuery {
  std::string uri;  // of one of the sheets
  Sheets sheets;
  protocol::Range range;
  std::optional<std::vector<std::string>> only;  // kinds; absent: quick fixes
  NotePlaces elsewhere = {};
  FindTarget target = {};
};

std::vector<protocol::CodeAction> code_actions(const analysis::Analysis& analysis, analysis::Parser& parser,
                                               const CodeActionQuery& query, const Client& client);

// What an action's `data` says: which fix of which finding of which version. code empty: fix all.
struct ResolveData {
  std::string uri;
  std::int32_t version = 0;
  std::string code;
  analysis::Range range;
  std::uint32_t index = 0;
};
std::optional<ResolveData> read_resolve_data(const nlohmann::json& action);

// JSON of the action with its edit; without one where the finding is gone.
std::string resolved_json(const analysis::Analysis& analysis, analysis::Parser& parser, const ResolveData& data,
                          const nlohmann::json& action, const FindTarget& target, const Client& client);

}  // namespace awaitd::server
