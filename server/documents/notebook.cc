#include "server/documents/notebook.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace awaitd::server {

namespace {

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

std::size_t first_letter(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// "%time f()", "!ls"; not "% b" and "!= b", which go on with the line before.
bool is_magic(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (at >= text.size()) return false;
  return text[at] == '!' ? next != '=' : text[at] == '%' && (std::isalpha(static_cast<unsigned char>(next)) != 0);
}

}  // namespace

std::string python_of_cell(std::string text) {
  // A cell magic hands the whole cell to something else, unless that runs it as Python.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text.compare(first, 2, "%%") == 0) {
    const bool python = text.compare(first, 6, "%%time") == 0 || text.compare(first, 9, "%%capture") == 0;
    const auto end =
        python ? std::find_if(text.begin() + static_cast<std::ptrdiff_t>(first), text.end(), is_line_end) : text.end();
    std::replace_if(
        text.begin() + static_cast<std::ptrdiff_t>(first), end, [](char c) { return !is_line_end(c); }, ' ');
    if (!python) return text;
  }
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t at = first_letter(text, line);
    if (is_magic(text, at)) text[at] = '#';
    line = text.find('\n', line);
    if (line == std::string::npos) break;
    ++line;
  }
  return text;
}

std::string Notebook::module_text() const {
  std::string out;
  for (const Cell& cell : cells) {
    if (!cell.python) continue;
    out += python_of_cell(cell.text.text());
    out += out.ends_with('\r') ? "\n\n" : "\n";  // the first one would only complete the line end
  }
  return out;
}

Sheets Notebook::sheets() const {
  Sheets out;
  std::uint32_t line = 0;
  for (const Cell& cell : cells) {
    if (!cell.python) continue;
    out.push_back({cell.uri, cell.version, line, cell.text.line_count()});
    line += cell.text.line_count();
  }
  return out;
}

Cell* Notebook::find(const std::string& cell_uri) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& cell) { return cell.uri == cell_uri; });
  return found == cells.end() ? nullptr : &*found;
}

}  // namespace awaitd::server
