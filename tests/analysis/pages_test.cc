// Every rule page is a test: see page.h. AWAITD_UPDATE=1 rewrites the `# error:` comments and the fixed blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"
#include "tests/analysis/text/random_edits.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> all_pages() {
  std::vector<std::string> pages;
  for (const char* folder : {"/analysis/rules", "/tests/pages"}) {
    std::filesystem::path dir = std::string(AWAITD_SOURCE_DIR) + folder;
    if (!std::filesystem::exists(dir)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
      if (entry.path().extension() == ".md") pages.push_back(entry.path().string());
    }
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

std::string module_of(const Block& block) { return block.file.substr(0, block.file.size() - 3); }

AnalysisPtr analyse_text(const std::string& text, const Block& block, Parser& parser) {
  return analyse(Document(text), module_of(block), nullptr, options_from(block.settings), parser, {});
}

std::string all_of(const Analysis& analysis) {
  std::string out;
  for (const Finding& f : findings(analysis)) {
    out += std::to_string(f.range.start) + "-" + std::to_string(f.range.end) + " " + describe(f, document(analysis));
    for (const Note& n : f.notes) out += " [" + std::to_string(n.range.start) + " " + n.text + "]";
    out += "\n";
  }
  return out;
}

bool marked(const Expectation& e, const char* mark) { return std::count(e.marks.begin(), e.marks.end(), mark) > 0; }

bool matches(const Expectation& e, const Finding& f, const Document& doc) {
  if (doc.line_of(f.range.start) != e.line) return false;
  if (e.code != f.rule->code && e.code != f.rule->name) return false;
  if (marked(e, "info") != (f.severity == Severity::info)) return false;
  if (marked(e, "hint") != (f.severity == Severity::hint)) return false;
  if (marked(e, "probable") != (f.confidence == Confidence::probable)) return false;
  return f.message.find(e.text) != std::string::npos;
}

void check_findings(const Block& block, const Analysis& analysis) {
  std::vector<Expectation> expected = expectations(block.text);
  std::vector<bool> used(expected.size());
  for (const Finding& f : findings(analysis)) {
    bool found = false;
    for (std::size_t i = 0; i < expected.size() && !found; ++i) {
      if (!used[i] && matches(expected[i], f, document(analysis))) found = used[i] = true;
    }
    if (!found)
      ADD_FAILURE() << block.heading << ": unexpected " << describe(f, document(analysis)) << "\n" << block.text;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!used[i]) {
      ADD_FAILURE() << block.heading << ": missing " << expected[i].code << " \"" << expected[i].text << "\" on line "
                    << expected[i].line + 1 << "\n"
                    << all_of(analysis) << block.text;
    }
  }
}

std::size_t errors_in(const std::string& text, Parser& parser) {
  std::string dump = parser.dump(text);
  std::size_t count = 0;
  for (const char* word : {"ERROR", "MISSING"}) {
    for (std::size_t at = dump.find(word); at != std::string::npos; at = dump.find(word, at + 1)) ++count;
  }
  return count;
}

std::multiset<std::string> weighty(const Analysis& analysis) {
  std::multiset<std::string> codes;
  for (const Finding& f : findings(analysis)) {
    if (f.severity != Severity::hint) codes.insert(std::string(f.rule->code));
  }
  return codes;
}

// Invariant 6: parses no worse, this finding gone, none new.
void check_fixes(const Block& block, const Analysis& analysis, Parser& parser) {
  for (const Finding& f : findings(analysis)) {
    std::vector<Fix> fixes = fixes_for(analysis, f);
    int preferred = 0;
    for (const Fix& fix : fixes) {
      preferred += fix.preferred;
      ASSERT_EQ(fix.files.size(), 1u);
      std::string after = testing::apply(block.text, fix.files[0].edits);
      SCOPED_TRACE(fix.title + "\n" + after);
      EXPECT_LE(errors_in(after, parser), errors_in(block.text, parser)) << "the fix breaks the syntax";
      AnalysisPtr again = analyse_text(after, block, parser);
      auto before_codes = weighty(analysis), after_codes = weighty(*again);
      auto gone = before_codes.find(std::string(f.rule->code));
      bool weighs = f.severity != Severity::hint;
      if (!weighs || gone != before_codes.end()) {
        if (weighs) before_codes.erase(gone);
        EXPECT_TRUE(std::includes(before_codes.begin(), before_codes.end(), after_codes.begin(), after_codes.end()))
            << "before:\n"
            << all_of(analysis) << "after:\n"
            << all_of(*again);
      }
    }
    EXPECT_LE(preferred, 1) << describe(f, document(analysis));
    EXPECT_EQ(f.fixable, fixes.size() > 1) << "fixable does not tell the truth: " << describe(f, document(analysis));
  }
}

std::string fixed_text(const Block& block, Parser& parser) {
  std::string text = without_expectations(block.text);
  for (int round = 0; round < 50; ++round) {
    AnalysisPtr now = analyse_text(text, block, parser);
    bool changed = false;
    for (const Finding& f : findings(*now)) {
      for (const Fix& fix : fixes_for(*now, f)) {
        if (fix.title.rfind("Silence", 0) == 0 && block.fixed_title.rfind("Silence", 0) != 0) continue;
        if (fix.title.rfind(block.fixed_title, 0) != 0) continue;
        text = testing::apply(text, fix.files[0].edits);
        changed = true;
        break;
      }
      if (changed) break;
    }
    if (!changed) return text;
  }
  return text + "# the fixes do not come to an end\n";
}

std::vector<Range> words(const std::string& text) {
  std::vector<Range> out{{0, 0}};
  const auto is_word = [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    if (!is_word(text[i])) continue;
    const std::uint32_t start = i;
    while (i < text.size() && is_word(text[i])) ++i;
    out.push_back({start, i});
  }
  return out;
}

// Invariant 3: whatever was typed on the way, the end is what a fresh analysis says.
void check_histories(const Block& block, Parser& parser) {
  auto options = options_from(block.settings);
  const std::uint32_t seed = random_seed();
  std::mt19937 random(seed);
  SCOPED_TRACE("AWAITD_SEED=" + std::to_string(seed));
  constexpr const char* kBits[] = {"x",          "(",          ")",    "\n", "'", "\"\"\"",        "await ",
                                   "async ",     "def f():\n", "    ", ":",  "#", "import time\n", ".",
                                   "class A:\n", "é"};
  Document doc(block.text);
  AnalysisPtr current = analyse(doc, module_of(block), nullptr, options, parser, {});
  auto pick = [&](std::size_t n) { return static_cast<std::uint32_t>(random() % std::max<std::size_t>(n, 1)); };
  for (int step = 0; step < 12; ++step) {
    if (pick(3) == 0) {  // one name for another: what others know of a function or class changes
      const std::string text = doc.text();
      const auto all = words(text);
      const auto at = all[pick(all.size())], other = all[pick(all.size())];
      doc = doc.edited(at.start, at.end, text.substr(other.start, other.end - other.start));
    } else {
      std::uint32_t start = pick(doc.size() + 1);
      std::uint32_t end = pick(3) == 0 ? std::min<std::uint32_t>(doc.size(), start + pick(30)) : start;
      doc = doc.edited(start, end, kBits[pick(std::size(kBits))]);
    }
    if (pick(2) == 0) {  // what an editor is told first; sometimes typing goes on before the rest is checked
      current = analyse(doc, module_of(block), current, options, parser, {.units = 1 + pick(3)});
      if (pick(2) == 0) continue;
    }
    current = analyse(doc, module_of(block), current, options, parser, {});
    EXPECT_TRUE(settled(*current));
    AnalysisPtr fresh = analyse(Document(doc.text()), module_of(block), nullptr, options, parser, {});
    ASSERT_EQ(all_of(*current), all_of(*fresh)) << doc.text();
  }
  doc = doc.edited(0, doc.size(), block.text);
  current = analyse(doc, module_of(block), current, options, parser, {});
  AnalysisPtr fresh = analyse(Document(block.text), module_of(block), nullptr, options, parser, {});
  EXPECT_EQ(all_of(*current), all_of(*fresh));
}

// The samples of a page as one module: what is typed in one must not be lost on the others.
Block together(const std::vector<Block>& blocks) {
  Block all;
  for (const Block& block : blocks) {
    if (block.settings.empty()) all.text += block.text + "\n";
  }
  return all;
}

// The text with comments that match: a line whose comments match its findings stays as it was written.
std::string annotated(const Block& block, Parser& parser) {
  std::string plain = without_expectations(block.text);
  AnalysisPtr analysis = analyse_text(plain, block, parser);
  std::istringstream lines(plain), written(block.text);
  std::string line, before, out;
  for (std::uint32_t number = 0; std::getline(lines, line); ++number) {
    // A line of nothing but the comment is not in the plain text.
    while (std::getline(written, before) && without_expectations(before + "\n") != line + "\n") {
    }
    std::vector<Expectation> expected = expectations(before);
    bool same = true;
    std::size_t count = 0;
    std::string comments;
    for (const Finding& f : findings(*analysis)) {
      if (document(*analysis).line_of(f.range.start) != number) continue;
      comments += "  # error: [" + std::string(f.rule->code);
      if (f.severity == Severity::info) comments += " info";
      if (f.severity == Severity::hint) comments += " hint";
      if (f.confidence == Confidence::probable) comments += " probable";
      comments += "] \"" + f.message + "\"";
      same &= count < expected.size();
      if (same) {
        expected[count].line = number;
        same = matches(expected[count], f, document(*analysis));
      }
      ++count;
    }
    out += (same && count == expected.size() ? before : line + comments) + "\n";
  }
  return out;
}

void update(const std::string& path, std::string page, const std::vector<Block>& blocks, Parser& parser) {
  for (auto it = blocks.rbegin(); it != blocks.rend(); ++it) {
    if (it->has_fixed) page.replace(it->fixed_at, it->fixed.size(), fixed_text(*it, parser));
    page.replace(it->text_at, it->text.size(), annotated(*it, parser));
  }
  std::ofstream(path, std::ios::binary) << page;
}

class Pages : public ::testing::TestWithParam<std::string> {};

TEST_P(Pages, MatchTheirFindings) {
  Parser parser;
  std::string page = slurp(GetParam());
  std::vector<Block> blocks = read_blocks(page);
  if (std::getenv("AWAITD_UPDATE") != nullptr) return update(GetParam(), page, blocks, parser);
  for (const Block& block : blocks) {
    SCOPED_TRACE(block.heading);
    AnalysisPtr analysis = analyse_text(block.text, block, parser);
    check_findings(block, *analysis);
    check_fixes(block, *analysis, parser);
    if (block.has_fixed) {
      std::string fixed = fixed_text(block, parser);
      EXPECT_EQ(fixed, block.fixed);
    }
    check_histories(block, parser);
    if (HasFatalFailure()) return;
  }
  SCOPED_TRACE("all samples in one module");
  check_histories(together(blocks), parser);
}

std::string page_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Pages, ::testing::ValuesIn(all_pages()), page_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Pages);

}  // namespace
}  // namespace awaitd::testing
