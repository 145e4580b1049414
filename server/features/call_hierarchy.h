// Call hierarchy, coloured by the loop: `detail` says where each function runs. Asks the open documents first, then the
// files of the project whose text mentions the function. Reads the disk: on the pool.
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/insight/calls.h"
#include "protocol/lsp_calls.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"
#include "server/documents/drift.h"
#include "server/files/source_texts.h"
#include "server/project/projects.h"

namespace awaitd::server {

// An open document as a job sees it.
struct OpenModule {
  std::string path;  // empty: no file
  analysis::AnalysisPtr analysis;
  Sheets sheets;
  Drift drift;              // since the version that other modules see,
  analysis::Document text;  // up to this one
};

struct CallSources {
  std::vector<OpenModule> open;
  std::vector<std::filesystem::path> folders;  // of the workspace
  std::shared_ptr<const SourceTexts> texts;
  std::shared_ptr<Projects> projects;
  Client client;
  std::function<bool()> cancelled = [] { return false; };
};

// own: the document asked about, one of `open`. JSON: the items at an offset, or "null".
std::string prepare_calls_json(const CallSources& sources, const OpenModule& own, std::uint32_t offset);

// Which function an item was made for.
struct ItemData {
  analysis::FunctionName function;
  bool async = false;
};
std::optional<ItemData> read_item_data(const protocol::CallHierarchyItem& item);

std::string incoming_calls_json(const CallSources& sources, const ItemData& item);
std::string outgoing_calls_json(const CallSources& sources, const ItemData& item);

}  // namespace awaitd::server
