// How one leaves an event loop for another process (processes.tsv) and what stays behind. Pure; the views are static.
#pragma once
#include <optional>
#include <string_view>

namespace awaitd::analysis {

struct ProcessWay {
  std::string_view library;
  bool executor = false;  // a class whose instance run_in_executor() takes; else a function that is awaited
  std::string_view name;
};
std::optional<ProcessWay> process_way(std::string_view library);
// True if this calls its function once for every element of the other arguments, so that only those travel.
bool hands_elements(std::string_view name);
// What an instance of the class is that cannot be pickled ("an open file"); empty if it is none (unpicklable.tsv).
std::string_view unpicklable(std::string_view cls);

}  // namespace awaitd::analysis
