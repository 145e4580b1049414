// A piece of source with line numbers and marks under a range, as compilers and Ruff draw it. Pure.
#pragma once
#include <string>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "server/cli/terminal.h"

namespace awaitd::server {

struct Place {  // 1-based
  std::uint32_t row = 1;
  std::uint32_t column = 1;  // code points
};
Place place_of(const analysis::Document& document, std::uint32_t offset);

struct Snippet {
  std::string shown;  // path
  const analysis::Document* document = nullptr;
  analysis::Range range;
  char mark = '^';
  unsigned context = 2;  // lines before and after
};
void append_snippet(std::string& out, const Snippet& snippet, const Style& style);

}  // namespace awaitd::server
