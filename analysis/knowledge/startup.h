// What runs at start-up (startup.tsv). Read once from the embedded table; the views live for ever. Safe from any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace awaitd::analysis {

struct StartUpFact {
  enum class Form : std::uint8_t { keyword, handed, decorator, event, method, serve, command, listen };
  std::string_view name;
  Form form{};
  std::string_view word;  // the keyword, event or method
};

// One line of the table; nothing if it is none.
std::optional<StartUpFact> read_start_up(std::string_view line);
// The rows of a name, sorted by it.
std::span<const StartUpFact> start_up_facts(std::string_view name);
// What listens also serves.
bool is_start_up(std::string_view name, StartUpFact::Form form);

}  // namespace awaitd::analysis
