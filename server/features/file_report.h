// What is found in a file that nobody has open: its diagnostics as JSON, and the files they rest on. Reads the disk: on
// the pool. Nothing of the analysis is kept.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis/syntax/parse.h"
#include "server/config/settings.h"
#include "server/convert/client.h"
#include "server/files/source_texts.h"
#include "server/project/projects.h"

namespace awaitd::server {

struct FileReport {
  bool there = false;  // false: it cannot be read, is too large, or the work was cancelled
  std::string items;   // a JSON array of diagnostics
  std::vector<std::string> rests_on;
  std::vector<std::string> problems;  // with its configuration
};

struct FileSources {
  std::shared_ptr<const SourceTexts> texts;
  std::shared_ptr<Projects> projects;
  std::shared_ptr<const Settings> settings;
  Client client;
};

// uri: as the client spells it.
FileReport report_file(const FileSources& sources, const std::string& path, const std::string& uri,
                       analysis::Parser& parser, const std::atomic<bool>* cancelled);

}  // namespace awaitd::server
