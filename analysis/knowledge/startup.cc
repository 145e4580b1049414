#include "analysis/knowledge/startup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

const std::vector<StartUpFact>& all_facts() {
  static const std::vector<StartUpFact> facts = [] {
    std::vector<StartUpFact> read;
    for (unsigned i = 0; i < knowledge_files_count; ++i) {
      if (knowledge_files[i].name != "startup.tsv") continue;
      for_each_line(knowledge_files[i].text, [&](int, std::string_view line) {
        if (auto fact = read_start_up(line)) read.push_back(*fact);
      });
    }
    return read;
  }();
  return facts;
}

}  // namespace

std::optional<StartUpFact> read_start_up(std::string_view line) {
  using Form = StartUpFact::Form;
  constexpr std::pair<std::string_view, Form> kForms[] = {
      {"keyword", Form::keyword}, {"handed", Form::handed}, {"decorator", Form::decorator}, {"event", Form::event},
      {"method", Form::method},   {"serve", Form::serve},   {"command", Form::command},     {"listen", Form::listen}};
  std::string_view columns[3];
  for (std::string_view& column : columns) {
    std::size_t tab = line.find('\t');
    column = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  }
  if (columns[0].empty() || columns[2].empty()) return std::nullopt;
  for (const auto& [word, form] : kForms) {
    if (word == columns[1]) return StartUpFact{columns[0], form, columns[2] == "-" ? std::string_view() : columns[2]};
  }
  return std::nullopt;
}

std::span<const StartUpFact> start_up_facts(std::string_view name) {
  const auto& facts = all_facts();
  auto before = [](const StartUpFact& fact, std::string_view wanted) { return fact.name < wanted; };
  auto after = [](std::string_view wanted, const StartUpFact& fact) { return wanted < fact.name; };
  auto first = std::lower_bound(facts.begin(), facts.end(), name, before);
  auto last = std::upper_bound(first, facts.end(), name, after);
  return {first, last};
}

bool is_start_up(std::string_view name, StartUpFact::Form form) {
  for (const StartUpFact& fact : start_up_facts(name)) {
    if (fact.form == form || (form == StartUpFact::Form::serve && fact.form == StartUpFact::Form::listen)) return true;
  }
  return false;
}

}  // namespace awaitd::analysis
