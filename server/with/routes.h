// What is done with each request of LSP 3.18 when several servers stand behind one connection: which capability says
// that a server answers it, how several answers become one, and where the mark of the server is that a later request
// (resolve, incomingCalls) belongs to. A table; methods that are not in it are nobody's in particular.
#pragma once
#include <cstdint>
#include <string_view>

namespace awaitd::server::with {

// How the answers of several servers become one.
enum class Gather : std::uint8_t {
  first,         // only the first server that provides it is asked
  hover,         // texts one below the other
  list,          // arrays one behind the other
  first_filled,  // the first answer that is not empty, in the order of the servers
  all,           // everybody is asked; awaitd's own answer counts (shutdown)
};

// Whose `data` member holds the mark.
enum class Mark : std::uint8_t { none, self, element, element_from, element_to, item };

struct Route {
  std::string_view method;
  std::string_view capability;    // path in ServerCapabilities, '/' between members
  std::string_view registration;  // the method it is registered under dynamically
  Gather gather = Gather::first;
  Mark in_result = Mark::none;
  Mark in_params = Mark::none;  // set: the mark says which server is asked
};

// Null for a method that is not in the table.
const Route* find_route(std::string_view method);
// The first one with this member of ServerCapabilities.
const Route* route_of_capability(std::string_view capability);

}  // namespace awaitd::server::with
