// The cells of a notebook, and the one module they make: the code cells one after another, each on lines of its own.
// What is no Python is blanked byte by byte ("%time", "!ls", "%%bash"), so that columns stay. A value of the strand.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/text/document.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

struct Cell {
  std::string uri;
  std::int32_t version = 0;
  analysis::Document text;
  bool python = false;  // a code cell whose language is Python; others are no part of the module
};

struct Notebook {
  std::vector<Cell> cells;

  std::string module_text() const;
  Sheets sheets() const;  // of module_text()
  Cell* find(const std::string& cell_uri);
};

// A cell's text with magics and shell lines made into comments or blanks of the same length.
std::string python_of_cell(std::string text);

}  // namespace awaitd::server
