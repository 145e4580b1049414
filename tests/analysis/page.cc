#include "tests/analysis/page.h"

#include <sstream>

#include "analysis/rules/rule.h"

namespace awaitd::testing {
namespace {

std::string trimmed(std::string s) {
  while (!s.empty() && (s.back() == ' ' || s.back() == '\r')) s.pop_back();
  std::size_t start = s.find_first_not_of(' ');
  return start == std::string::npos ? std::string() : s.substr(start);
}

constexpr std::string_view kMark = "# error: [";

}  // namespace

std::vector<Block> read_blocks(const std::string& page) {
  std::vector<Block> blocks;
  std::string heading, file, settings, fence;
  std::string* content = nullptr;
  std::size_t at = 0;
  while (at < page.size()) {
    std::size_t end = page.find('\n', at);
    if (end == std::string::npos) end = page.size();
    std::string line = page.substr(at, end - at);
    at = end + 1;
    if (!fence.empty()) {
      if (line == "```") {
        fence.clear();
        content = nullptr;
      } else if (content != nullptr) {
        *content += line + "\n";
      }
      continue;
    }
    if (line.rfind("#", 0) == 0) {
      heading = trimmed(line.substr(line.find_first_not_of('#')));
      settings.clear();
      file.clear();
    } else if (line.size() > 3 && line[0] == '`' && line[1] != '`' && line.rfind("`:") == line.size() - 2) {
      file = line.substr(1, line.size() - 3);
    } else if (line.rfind("```", 0) == 0) {
      fence = trimmed(line.substr(3));
      if (fence == "py") {
        Block block;
        block.heading = heading;
        block.settings = settings;
        if (!file.empty()) block.file = file;
        file.clear();
        block.text_at = at;
        blocks.push_back(block);
        content = &blocks.back().text;
      } else if (fence.rfind("py fixed", 0) == 0 && !blocks.empty()) {
        blocks.back().has_fixed = true;
        blocks.back().fixed_at = at;
        std::size_t quote = fence.find('"');
        if (quote != std::string::npos) blocks.back().fixed_title = fence.substr(quote + 1, fence.rfind('"') - quote - 1);
        content = &blocks.back().fixed;
      } else if (fence == "toml") {
        settings.clear();
        content = &settings;
      }
      if (fence.empty()) fence = "text";
    }
  }
  return blocks;
}

std::vector<Expectation> expectations(const std::string& text) {
  std::vector<Expectation> found;
  std::istringstream lines(text);
  std::string line;
  for (std::uint32_t number = 0; std::getline(lines, line); ++number) {
    for (std::size_t at = line.find(kMark); at != std::string::npos; at = line.find(kMark, at + 1)) {
      Expectation e;
      e.line = number;
      std::size_t close = line.find(']', at);
      std::istringstream words(line.substr(at + kMark.size(), close - at - kMark.size()));
      words >> e.code;
      std::string word;
      while (words >> word) e.marks.push_back(word);
      std::size_t quote = line.find('"', close);
      std::size_t next = line.find(kMark, close);
      if (quote != std::string::npos && (next == std::string::npos || quote < next)) {
        std::size_t last = line.rfind('"', next == std::string::npos ? std::string::npos : next);
        e.text = line.substr(quote + 1, last - quote - 1);
      }
      found.push_back(e);
    }
  }
  return found;
}

std::string without_expectations(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    std::size_t at = line.find(kMark);
    if (at != std::string::npos) {
      line.resize(at);
      while (!line.empty() && line.back() == ' ') line.pop_back();
      if (line.empty()) continue;
    }
    out += line + "\n";
  }
  return out;
}

std::shared_ptr<const analysis::Options> options_from(const std::string& settings) {
  auto options = std::make_shared<analysis::Options>();
  std::istringstream lines(settings);
  std::string line, user;
  while (std::getline(lines, line)) {
    std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    std::string key = trimmed(line.substr(0, equals)), value = trimmed(line.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    if (key == "target-python") {
      options->target_stated = true;
      options->target.major = std::stoi(value);
      options->target.minor = std::stoi(value.substr(value.find('.') + 1));
    } else if (key == "select") {
      options->enabled.insert(value);
    } else if (key == "async-tests") {
      using analysis::AsyncTests;
      options->async_tests = value == "automatic"      ? AsyncTests::automatic
                             : value == "asyncio-mode" ? AsyncTests::asyncio_mode
                                                       : AsyncTests::marked;
    } else if (key == "noqa") {
      options->noqa_for_silence = value == "true";
    } else if (key == "blocking") {
      for (std::size_t tab = value.find("\\t"); tab != std::string::npos; tab = value.find("\\t")) value.replace(tab, 2, "\t");
      user += value + "\n";
    }
  }
  if (!user.empty()) {
    std::vector<std::string> problems;
    options->knowledge = analysis::Knowledge::with_user_lines(user, problems);
  }
  return options;
}

std::string apply(std::string text, const std::vector<analysis::Edit>& edits) {
  for (auto it = edits.rbegin(); it != edits.rend(); ++it) {
    text.replace(it->range.start, it->range.end - it->range.start, it->text);
  }
  return text;
}

std::string describe(const analysis::Finding& finding, const analysis::Document& document) {
  constexpr const char* kSeverity[] = {"error", "warning", "info", "hint"};
  std::string out = "line " + std::to_string(document.line_of(finding.range.start) + 1) + ": " + std::string(finding.rule->code);
  out += std::string(" ") + kSeverity[static_cast<int>(finding.severity)];
  if (finding.confidence == analysis::Confidence::probable) out += " probable";
  return out + ": " + finding.message;
}

}  // namespace awaitd::testing
