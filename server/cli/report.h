// One file's findings as text: with source excerpts, a line each, or JSON records of Ruff's shape. Appends to a string;
// pure but for notes that lie in other files, which are read through `files`. Rows and columns are 1-based, columns
// count code points.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "server/cli/terminal.h"
#include "server/files/source_texts.h"

namespace awaitd::server {

enum class OutputFormat : std::uint8_t { text, concise, json, json_lines };

struct ReportedFinding {
  const analysis::Finding* finding = nullptr;
  std::optional<analysis::Fix> fix;  // the best one, if there is any beside silencing
  bool by_option = false;            // --fix applies it
};

struct FileReport {
  std::string shown;     // path for people
  std::string filename;  // path for machines: absolute
  const analysis::Document* document = nullptr;
  const SourceTexts* files = nullptr;
  std::filesystem::path base;  // shortens the paths of other files
  std::vector<ReportedFinding> findings;
};

void write_text(std::string& out, const FileReport& report, const Style& style);
void write_concise(std::string& out, const FileReport& report, const Style& style);
// One record a line; `separator` stands between two of them ("," in an array).
void write_json(std::string& out, const FileReport& report, std::string_view separator);

std::string_view severity_name(analysis::Severity severity);  // "error", "warning", "info", "hint"

}  // namespace awaitd::server
