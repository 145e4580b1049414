// One document the client has open, keyed by the client's own spelling of its URI. Belongs to the strand; jobs get
// copies of its immutable parts. An edition is our own count of states of text and options: client versions may jump.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "server/base/host.h"
#include "server/config/project_config.h"
#include "server/documents/drift.h"
#include "server/documents/last_good.h"
#include "server/documents/notebook.h"
#include "server/files/source_texts.h"

namespace awaitd::server {

// What the disk says about a document's surroundings; read by its first job.
struct Surroundings {
  Config config;
  analysis::SourceFile file;
  std::shared_ptr<analysis::Project> project;  // null: the document stands alone
  bool new_file = false;                       // not on disk: nobody could find it before
  std::shared_ptr<const SourceTexts> texts;    // there if project is
};

// The state of a document's analysis; the analyser's own.
struct AnalysisState {
  std::uint64_t wanted = 1;                                   // the edition of the newest text
  std::uint64_t edition = 0;                                  // of `newest`
  analysis::AnalysisPtr newest;                               // the last one that ran to its end, whatever its edition
  Clock::duration took{};                                     // to make it
  std::map<std::string, SourceTexts::DocumentPtr> elsewhere;  // files its notes lead to, but for open documents
  std::shared_ptr<std::atomic<bool>> running;                 // the cancel flag of the running job, null if none
  bool running_in_background = false;
  std::optional<Clock::time_point> cancelling_since;  // first of an unbroken row of cancelled jobs
  std::vector<std::function<void()>> waiting;         // run once `edition == wanted`, or when the text changes before
};

// What the client was told last of one sheet, so that it is not told twice.
struct Told {
  std::string text;
  std::optional<std::int32_t> version;
  bool operator==(const Told&) const = default;
};

struct OpenDocument {
  std::string uri;
  std::filesystem::path path;  // empty: not a file
  std::int32_t version = 0;
  analysis::Document text;
  std::optional<Notebook> notebook;  // then `text` is its cells
  bool too_large = false;            // beyond the limit: mirrored, not analysed
  bool closed = false;               // jobs may still hold it
  bool lost = false;                 // far beyond: not even mirrored, until the client sends the whole text again
  std::shared_ptr<const Surroundings> surroundings;  // null: not read yet, or to be read again

  AnalysisState analysis;
  LastGood last_good;
  Drift drift;
  Clock::time_point last_edit{};
  bool settling = false;                  // a timer is running
  std::map<std::string, Told> published;  // by the sheet's URI
  std::optional<Told> pulled;             // the result id of the client's last answer
  bool pulled_stale = false;              // it would get another one now, without having changed the text
  std::optional<std::int32_t> hinted;     // the version it has hints, lenses or links of

  Sheets sheets() const { return notebook ? notebook->sheets() : Sheets{Sheet{uri, version}}; }
  std::optional<std::int32_t> version_of(std::string_view sheet_uri) const {
    for (const Sheet& sheet : sheets()) {
      if (sheet.uri == sheet_uri) return sheet.version;
    }
    return std::nullopt;
  }
  bool analysable() const { return !too_large && !closed; }
  // The analysis of the newest text, or null if it is still under way.
  analysis::AnalysisPtr current() const { return analysis.edition == analysis.wanted ? analysis.newest : nullptr; }
};

}  // namespace awaitd::server
