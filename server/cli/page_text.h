// A rule's Markdown page for a terminal: paragraphs wrapped, code indented, headings bold where there is colour, and
// the pages' test comments (`# error: [AWD101] "..."`) cut down to the code. Pure.
#pragma once
#include <string>
#include <string_view>

#include "server/cli/terminal.h"

namespace awaitd::server {

enum class PagePart : bool { summary, everything };  // summary: up to the first example

std::string page_text(std::string_view markdown, PagePart part, const Style& style, std::size_t width);

}  // namespace awaitd::server
