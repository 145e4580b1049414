#include "server/features/file_report.h"

#include "analysis/insight/dependencies.h"
#include "protocol/uri.h"
#include "server/config/project_config.h"
#include "server/convert/diagnostics.h"
#include "server/files/token_scan.h"

namespace awaitd::server {

namespace {

NotePlaces note_places(const FileSources& sources, std::span<const analysis::Finding> findings) {
  NotePlaces out;
  for (const analysis::Finding& finding : findings) {
    for (const analysis::Note& note : finding.notes) {
      const auto text = note.file.empty() ? nullptr : sources.texts->document(note.file);
      if (!text) continue;
      const protocol::Range range = Coordinates(*text, sources.client.encoding).range(note.range);
      out.insert_or_assign({note.file, note.range.start, note.range.end},
                           protocol::Location{protocol::path_to_uri(note.file), range});
    }
  }
  return out;
}

}  // namespace

FileReport report_file(const FileSources& sources, const std::string& path, const std::string& uri,
                       analysis::Parser& parser, const std::atomic<bool>* cancelled) {
  FileReport out;
  const FileText text = sources.texts->read(path);
  if (!text.problem.empty() || text.text.size() > kMaxImported) return out;
  Config config = load_config(path, *sources.settings);
  out.problems = std::move(config.problems);
  // Without a word that has to do with async code there is nothing to find, and nothing to parse.
  if (!TokenScan(config.options->knowledge->scan_tokens()).found_in(text.text)) {
    out.items = "[]";
    out.there = true;
    return out;
  }
  const auto project = sources.projects->of(path);
  const auto options = sources.projects->options(path, project, config);
  const analysis::Document document(text.text);
  const auto analysis =
      analysis::analyse(document, project->source_file(path), nullptr, options, parser, {.cancelled = cancelled});
  if (!analysis) return out;
  const Sheets sheets = {Sheet{uri, std::nullopt}};
  const ClientText client_text(document, sheets, sources.client.encoding);
  const auto findings = analysis::findings(*analysis);
  const NotePlaces elsewhere = note_places(sources, findings);
  std::vector<protocol::Diagnostic> items;
  for (const analysis::Finding& finding : findings) {
    items.push_back(to_diagnostic(finding, client_text, sources.client, elsewhere));
  }
  out.items = protocol::to_json_text(items);
  out.rests_on = analysis::files_looked_at(*analysis);
  out.there = true;
  return out;
}

}  // namespace awaitd::server
