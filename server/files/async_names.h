// The names of the async functions in some texts, and whether another text calls something by one of them: a file
// without async code of its own may forget to await what it calls, or block where others run it. By name alone, so that
// most files without async code are never parsed. Adding is for one thread; asking is for any, after that.
#pragma once
#include <string>
#include <string_view>
#include <unordered_set>

namespace awaitd::server {

class AsyncNames {
 public:
  void add(std::string_view text);
  bool called_in(std::string_view text) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> names_;
};

}  // namespace awaitd::server
