#include "server/features/call_hierarchy.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "analysis/insight/colour.h"
#include "analysis/project/load.h"
#include "protocol/uri.h"
#include "server/files/discover.h"
#include "server/files/token_scan.h"
#include "server/project/roots.h"

namespace awaitd::server {

namespace {

using analysis::FunctionPlace;

constexpr std::size_t kMostFiles = 200;  // files that are not open and mention a function: so many are looked into

// Makes items: finds places in the client's terms, and colours.
class Items {
 public:
  explicit Items(const CallSources& sources) : sources_(sources) {
    for (const OpenModule& one : sources.open) {
      if (one.analysis) analyses_.push_back(one.analysis);
    }
  }

  // seen_from: the open document whose analysis gave the place; null if a file's did.
  std::optional<protocol::CallHierarchyItem> make(const FunctionPlace& function, const OpenModule* seen_from) const {
    protocol::CallHierarchyItem item;
    const auto whole = location(function.id.path, function.range, seen_from);
    const auto name = location(function.id.path, function.name, seen_from);
    if (!whole || !name || whole->uri != name->uri) return std::nullopt;
    item.uri = whole->uri;
    item.range = whole->range;
    item.selection_range = name->range;
    item.name = function.id.name;
    item.kind = function.method ? protocol::SymbolKind::Method : protocol::SymbolKind::Function;
    if (item.name.empty()) {
      item.name = function.module.empty() ? "module" : function.module;
      item.kind = protocol::SymbolKind::Module;
    }
    item.detail = std::string(words_of(where(function)));
    if (!function.module.empty()) item.detail += " - " + function.module;
    item.data = data(function);
    return item;
  }

  std::vector<protocol::Range> ranges(const analysis::Calls& calls, const ClientText& text, const Sheet*& sheet) const {
    std::vector<protocol::Range> out;
    for (const analysis::CallPlace& place : calls.places) {
      if (sheet == nullptr) sheet = text.at(place.range.start);
      if (sheet != nullptr && text.holding(place.range) == sheet) out.push_back(text.in(*sheet).range(place.range));
    }
    return out;
  }

 private:
  analysis::Runs where(const FunctionPlace& function) const {
    if (function.id.name.empty()) return analysis::Runs::off_loop;
    return analysis::where_it_runs(analyses_, function).runs;
  }

  static protocol::RawJson data(const FunctionPlace& function) {
    protocol::RawJson out;
    protocol::JsonWriter writer(out.text);
    writer.begin_object();
    writer.field("path", function.id.path);
    writer.field("name", function.id.name);
    writer.field("async", function.async);
    writer.end_object();
    return out;
  }

  std::optional<protocol::Location> location(const std::string& path, analysis::Range range,
                                             const OpenModule* seen_from) const {
    if (seen_from != nullptr && seen_from->path == path) {
      return ClientText(analysis::document(*seen_from->analysis), seen_from->sheets, sources_.client.encoding)
          .location(range);
    }
    for (const OpenModule& one : sources_.open) {
      if (one.path != path) continue;
      const auto now = range.end == 0 ? range : one.drift.moved(range);
      if (!now) return std::nullopt;
      return ClientText(one.text, one.sheets, sources_.client.encoding).location(*now);
    }
    const auto text = sources_.texts->document(path);
    if (!text) return std::nullopt;
    return protocol::Location{protocol::path_to_uri(path), Coordinates(*text, sources_.client.encoding).range(range)};
  }

  const CallSources& sources_;
  std::vector<analysis::AnalysisPtr> analyses_;
};

bool is_open(const CallSources& sources, const std::string& path) {
  return std::any_of(sources.open.begin(), sources.open.end(), [&](const OpenModule& one) { return one.path == path; });
}

struct LoadedFile {
  analysis::ModulePtr module;
  std::shared_ptr<const analysis::Document> text;
  analysis::Options options;
};

std::optional<LoadedFile> load(const CallSources& sources, const std::string& path) {
  LoadedFile out;
  out.text = sources.texts->document(path);
  if (!out.text) return std::nullopt;
  const auto project = sources.projects->of(path);
  out.module = analysis::load_module(project->source_file(path), out.text->text());
  out.options.modules = project;
  return out;
}

// Files of the project that are not open and mention the function.
std::vector<std::string> mentioning(const CallSources& sources, const analysis::FunctionName& function) {
  std::vector<std::string> found;
  const std::string_view name = analysis::mentioned_name(function);
  if (name.empty() || function.path.empty()) return found;
  std::vector<std::string> folders;
  for (const auto& folder : sources.folders) folders.push_back(folder.string());
  if (folders.empty()) folders.push_back(project_folder(function.path).string());
  std::erase(folders, "");
  if (folders.empty()) return found;
  DiscoverOptions options;
  options.base = folders.front();
  const std::array<std::string_view, 1> words = {name};
  const TokenScan scan(words);
  for (const SourceFile& file : discover(folders, options).files) {
    if (found.size() >= kMostFiles || sources.cancelled()) break;
    const std::string path = file.path.string();
    if (is_open(sources, path)) continue;
    const FileText text = sources.texts->read(file.path);
    if (text.problem.empty() && scan.found_in(text.text)) found.push_back(path);
  }
  return found;
}

void add(const Items& items, const std::vector<analysis::Calls>& calls, const ClientText& text, const OpenModule* from,
         std::vector<protocol::CallHierarchyCall>& out) {
  for (const analysis::Calls& one : calls) {
    auto item = items.make(one.other, from);
    const Sheet* sheet = nullptr;
    if (item) out.push_back({std::move(*item), items.ranges(one, text, sheet)});
  }
}

}  // namespace

std::string prepare_calls_json(const CallSources& sources, const OpenModule& own, std::uint32_t offset) {
  const Items items(sources);
  std::vector<protocol::CallHierarchyItem> found;
  for (const FunctionPlace& function : analysis::functions_at(*own.analysis, offset)) {
    if (auto item = items.make(function, &own)) found.push_back(std::move(*item));
  }
  return found.empty() ? "null" : protocol::to_json_text(found);
}

std::optional<ItemData> read_item_data(const protocol::CallHierarchyItem& item) {
  const auto json = protocol::parse_json(item.data.text);
  if (!json) return std::nullopt;
  ItemData out;
  protocol::Reader::Failure failure;
  const protocol::Reader reader(json->get(), "data", failure);
  reader.required("path", out.function.path);
  reader.required("name", out.function.name);
  reader.required("async", out.async);
  if (failure.failed) return std::nullopt;
  return out;
}

std::string incoming_calls_json(const CallSources& sources, const ItemData& item) {
  const Items items(sources);
  std::vector<protocol::CallHierarchyCall> out;
  for (const OpenModule& one : sources.open) {
    if (!one.analysis) continue;
    const ClientText text(analysis::document(*one.analysis), one.sheets, sources.client.encoding);
    add(items, analysis::incoming_calls(*one.analysis, item.function), text, &one, out);
  }
  for (const std::string& path : mentioning(sources, item.function)) {
    const auto file = sources.cancelled() ? std::nullopt : load(sources, path);
    if (!file) continue;
    const Sheets sheets = {Sheet{protocol::path_to_uri(path), std::nullopt}};
    const ClientText text(*file->text, sheets, sources.client.encoding);
    add(items, analysis::incoming_calls(file->module, file->options, item.function), text, nullptr, out);
  }
  std::string json;
  protocol::JsonWriter writer(json);
  protocol::write_calls(writer, out, "from");
  return json;
}

std::string outgoing_calls_json(const CallSources& sources, const ItemData& item) {
  const Items items(sources);
  std::vector<protocol::CallHierarchyCall> out;
  const auto own = std::find_if(sources.open.begin(), sources.open.end(),
                                [&](const OpenModule& one) { return one.path == item.function.path && one.analysis; });
  if (own != sources.open.end()) {
    const ClientText text(analysis::document(*own->analysis), own->sheets, sources.client.encoding);
    add(items, analysis::outgoing_calls(*own->analysis, item.function), text, &*own, out);
  } else if (const auto file = load(sources, item.function.path)) {
    const Sheets sheets = {Sheet{protocol::path_to_uri(item.function.path), std::nullopt}};
    const ClientText text(*file->text, sheets, sources.client.encoding);
    add(items, analysis::outgoing_calls(file->module, file->options, item.function), text, nullptr, out);
  }
  std::string json;
  protocol::JsonWriter writer(json);
  protocol::write_calls(writer, out, "to");
  return json;
}

}  // namespace awaitd::server
