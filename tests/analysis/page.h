// A rule page read as a test: Markdown with ```py blocks whose `# error: [AWD101] "text"` comments must match the
// findings one to one, ```py fixed blocks (the file after the first fix of every finding) and settings.
// Format: see docs/rule-pages.md. Test code only.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "analysis/engine.h"

namespace awaitd::testing {

struct Expectation {
  std::uint32_t line = 0;      // 0-based, in its block
  std::string code;            // "AWD101" or the rule's name
  std::vector<std::string> marks;  // "info", "hint", "probable"
  std::string text;            // must be part of the message
};

struct Block {
  std::string heading;         // the section it stands in
  std::string file = "main.py";
  std::string text;
  std::string fixed;           // content of the following ```py fixed block
  std::string fixed_title;     // ```py fixed "Run in": the fix whose title begins so
  bool has_fixed = false;
  std::string settings;        // content of the ```toml block before it in the same section
  std::size_t text_at = 0, fixed_at = 0;  // offsets of the contents in the page
};

std::vector<Block> read_blocks(const std::string& page);
std::vector<Expectation> expectations(const std::string& text);
// Without the `# error:` comments.
std::string without_expectations(const std::string& text);
std::shared_ptr<const analysis::Options> options_from(const std::string& settings);
std::string apply(std::string text, const std::vector<analysis::Edit>& edits);
// "AWD101 info probable: message", for failure texts.
std::string describe(const analysis::Finding& finding, const analysis::Document& document);

}  // namespace awaitd::testing
