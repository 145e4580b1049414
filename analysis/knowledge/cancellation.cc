#include "analysis/knowledge/cancellation.h"

#include <algorithm>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {
namespace {

const Rows& cancellation_rows() {
  static const Rows rows = [] {
    Rows read;
    for (unsigned i = 0; i < knowledge_files_count; ++i) {
      const EmbeddedFile& file = knowledge_files[i];
      const std::string_view table = std::string_view(file.name).substr(0, std::string_view(file.name).find('.'));
      if (table != "cleanups" && table != "resources" && table != "cancellation") continue;
      for_each_line(file.text, [&](int, std::string_view line) { read_row(read, table, line, true); });
    }
    return read;
  }();
  return rows;
}

template <typename Row>
const Row* named(const std::vector<Row>& rows, const std::string& name) {
  const auto at = std::partition_point(rows.begin(), rows.end(), [&](const Row& row) { return row.name < name; });
  return at != rows.end() && at->name == name ? &*at : nullptr;
}

}  // namespace

const CleanupFact* find_cleanup(const Knowledge& knowledge, std::string_view word_or_function) {
  return named(cancellation_rows().cleanups, knowledge.canonical(word_or_function));
}

const ResourceFact* find_resource(const Knowledge& knowledge, std::string_view awaited) {
  return named(cancellation_rows().resources, knowledge.canonical(awaited));
}

const TaskFact* find_task(const Knowledge& knowledge, std::string_view origin) {
  return named(cancellation_rows().tasks, knowledge.canonical(origin));
}

}  // namespace awaitd::analysis
