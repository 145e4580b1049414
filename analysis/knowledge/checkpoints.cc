#include "analysis/knowledge/checkpoints.h"

#include <vector>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

using What = CheckpointFact::What;

constexpr std::pair<std::string_view, What> kWords[] = {
    {"cancelled", What::cancelled}, {"checkpoint", What::checkpoint}, {"deadline", What::deadline},
    {"forever", What::forever},     {"relative", What::relative},     {"sleep", What::sleep}};

CheckpointFact read(std::string_view line) {
  std::string_view columns[4];
  for (std::string_view& column : columns) {
    column = line.substr(0, line.find('\t'));
    line.remove_prefix(column.size() == line.size() ? line.size() : column.size() + 1);
  }
  CheckpointFact fact;
  for (const auto& [word, what] : kWords) {
    if (word == columns[0]) fact.what = what;
  }
  fact.name = columns[1];
  fact.library = columns[2];
  const std::size_t slash = columns[3].find('/');
  if (slash == std::string_view::npos) return fact;
  if (slash > 0) fact.position = columns[3][0] - '0';
  fact.keyword = columns[3].substr(slash + 1);
  return fact;
}

std::vector<CheckpointFact> read_all() {
  std::vector<CheckpointFact> all;
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (knowledge_files[i].name != "checkpoints.tsv") continue;
    for_each_line(knowledge_files[i].text, [&](int, std::string_view line) { all.push_back(read(line)); });
  }
  return all;
}

}  // namespace

std::span<const CheckpointFact> checkpoint_facts() {
  static const std::vector<CheckpointFact> kAll = read_all();
  return kAll;
}

const CheckpointFact* checkpoint_fact(What what, std::string_view name) {
  for (const CheckpointFact& fact : checkpoint_facts()) {
    if (fact.what == what && fact.name == name) return &fact;
  }
  return nullptr;
}

std::string_view checkpoint_name(What what, std::string_view library) {
  for (const CheckpointFact& fact : checkpoint_facts()) {
    if (fact.what == what && fact.library == library) return fact.name;
  }
  return {};
}

}  // namespace awaitd::analysis
