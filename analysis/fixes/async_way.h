// What the replacement column of blocking.tsv means for one call: the async twin on the same receiver, the async
// function beside it, another API, another package. Views into the table and the unit; pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/blocking.h"

namespace awaitd::analysis {

struct AsyncWay {
  enum class Form : std::uint8_t {
    method,    // the same receiver has it: qs.get() -> await qs.aget(); symbol: "aget"
    function,  // the same module has it: authenticate() -> await aauthenticate(); symbol: "aauthenticate"
    symbol,    // an API by its dotted name: "asyncio.sleep", "httpx.AsyncClient"
    package    // another library: "aiosqlite"
  };
  Form form{};
  std::string_view symbol;
};

// Best first: the loop library's own, then in the table's order. Hand-overs to threads and other loops' libraries are
// left out.
std::vector<AsyncWay> async_ways(const UnitView& view, const BlockingFact& fact);
// "requests" of "requests.Session.get"
std::string_view root_of(std::string_view dotted);
// "get" of "requests.Session.get", all of it if there is no dot
std::string_view last_of(std::string_view dotted);
// "requests.Session" of "requests.Session.get", empty if there is no dot
std::string_view parent_of(std::string_view dotted);

}  // namespace awaitd::analysis
