// Documents see each other through their projects: when one changes so that others can notice, those that looked at it
// are analysed again. Whatever may wait for the disk or for an analysis is done on the pool.
#include "server/convert/coordinates.h"
#include "server/session/session.h"

namespace awaitd::server {

// by: null if it was no open document.
void Session::modules_changed(const DocumentPtr& by) {
  analyser_.modules_changed();
  if (by && workspace_check_.changed(by->path.string())) workspace_changed();
  recheck([&](const DocumentPtr& one) { return one != by; });
}

// Asks documents whether they are outdated, and analyses again those that are.
void Session::recheck(const std::function<bool(const DocumentPtr&)>& wanted) {
  std::vector<DocumentPtr> documents;
  std::vector<analysis::AnalysisPtr> newest;
  for (const auto& [uri, document] : documents_) {
    if (!wanted(document) || !document->analysable() || !document->analysis.newest) continue;
    documents.push_back(document);
    newest.push_back(document->analysis.newest);
  }
  if (documents.empty()) return;
  run_then(
      {&executor_, &host_, &log_}, Priority::analysis,
      [newest](analysis::Parser&) {
        std::vector<bool> outdated;
        for (const analysis::AnalysisPtr& analysis : newest) outdated.push_back(analysis::outdated(*analysis));
        return outdated;
      },
      [this, documents, newest](const std::vector<bool>& outdated) {
        // A newer analysis has been asked for itself if it was overtaken.
        std::vector<DocumentPtr> old;
        for (std::size_t i = 0; i < outdated.size(); ++i) {
          if (outdated[i] && documents[i]->analysis.newest == newest[i]) old.push_back(documents[i]);
        }
        analyser_.outdated(old);
      });
}

// Of files that are not open: they are read again when somebody needs them.
void Session::files_changed(std::vector<std::string> paths, bool came_or_went) {
  for (const std::string& path : paths) workspace_check_.changed(path);
  if (came_or_went) workspace_check_.all_changed();
  workspace_check_.files_changed();
  workspace_changed();
  run_then(
      {&executor_, &host_, &log_}, Priority::analysis,
      [projects = projects_, texts = texts_, paths = std::move(paths), came_or_went](analysis::Parser&) {
        bool changed = came_or_went;
        ProjectFiles files(texts);
        for (const std::string& path : paths) changed |= files.kind(path) != analysis::Files::Kind::file;
        projects->forget(paths, changed);
        return true;
      },
      [this](bool) { modules_changed(nullptr); });
}

NotePlaces Session::places_elsewhere(const OpenDocument& document, std::span<const analysis::Finding> findings) const {
  NotePlaces out;
  if (!client_.diagnostics().related_information) return out;
  std::map<std::string, const OpenDocument*> open;
  for (const auto& [uri, other] : documents_) open.emplace(other->path.string(), other.get());
  const auto place = [&](const analysis::Note& note) -> std::optional<protocol::Location> {
    if (const auto other = open.find(note.file); other != open.end()) {
      const auto range = other->second->drift.moved(note.range);
      if (!range) return std::nullopt;
      const Sheets sheets = other->second->sheets();
      return ClientText(other->second->text, sheets, client_.encoding).location(*range);
    }
    const auto text = document.analysis.elsewhere.find(note.file);
    if (text == document.analysis.elsewhere.end() || !text->second) return std::nullopt;
    return protocol::Location{protocol::path_to_uri(note.file),
                              Coordinates(*text->second, client_.encoding).range(note.range)};
  };
  for (const analysis::Finding& finding : findings) {
    for (const analysis::Note& note : finding.notes) {
      if (note.file.empty()) continue;
      if (auto found = place(note)) out.insert_or_assign({note.file, note.range.start, note.range.end}, *found);
    }
  }
  return out;
}

}  // namespace awaitd::server
