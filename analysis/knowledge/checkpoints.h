// What event loop libraries offer around checkpoints and deadlines (checkpoints.tsv). Pure; the views are static.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace awaitd::analysis {

struct CheckpointFact {
  enum class What : std::uint8_t { cancelled, checkpoint, deadline, forever, relative, sleep };
  What what{};
  std::string_view name;
  std::string_view library;
  int position = -1;  // of the argument that matters
  std::string_view keyword;
};
std::span<const CheckpointFact> checkpoint_facts();
// The fact of that kind with this name; null if none.
const CheckpointFact* checkpoint_fact(CheckpointFact::What what, std::string_view name);
// The one of a library: "trio.sleep_forever"; empty if it has none.
std::string_view checkpoint_name(CheckpointFact::What what, std::string_view library);

}  // namespace awaitd::analysis
