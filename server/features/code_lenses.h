// textDocument/codeLens and codeLens/resolve: above each function where it runs, by whom, and what blocks below it. The
// words are worked out for the lenses that are seen. Any thread.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>

#include "analysis/engine.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// JSON of the lenses of one sheet, without their titles.
std::string code_lenses_json(const analysis::Analysis& analysis, const Sheets& sheets, const std::string& uri,
                             const Client& client);

// What a lens's `data` says.
struct LensData {
  std::string uri;
  std::int32_t version = 0;
  std::string function;  // its name in the module
};
std::optional<LensData> read_lens_data(const nlohmann::json& lens);

// JSON of the lens with its title. modules: analyses of other documents that may hold callers.
std::string resolved_lens_json(const analysis::AnalysisPtr& analysis, const LensData& data, const nlohmann::json& lens,
                               std::span<const analysis::AnalysisPtr> modules);

}  // namespace awaitd::server
