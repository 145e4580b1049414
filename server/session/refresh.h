// Requests to the client to ask again, one of a kind at a time: what happens while it has not answered yet is asked for
// once more afterwards. Clients that ask anew have understood, whether they answered or not. Values of the strand.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace awaitd::server {

enum class Refresh : std::uint8_t { diagnostics, inlay_hints, code_lenses };

inline std::string_view method_of(Refresh what) {
  switch (what) {
    case Refresh::diagnostics:
      return "workspace/diagnostic/refresh";
    case Refresh::inlay_hints:
      return "workspace/inlayHint/refresh";
    case Refresh::code_lenses:
      break;
  }
  return "workspace/codeLens/refresh";
}

class Refreshes {
 public:
  // True if it is to be sent now.
  bool wanted(Refresh what) {
    State& state = of(what);
    state.again = state.asked;
    state.asked = true;
    return !state.again;
  }
  // The client answered, or asked for the thing itself. True if it is to be sent once more.
  bool heard(Refresh what) {
    State& state = of(what);
    state.asked = false;
    return std::exchange(state.again, false);
  }

 private:
  struct State {
    bool asked = false;
    bool again = false;
  };
  State& of(Refresh what) { return states_[static_cast<std::size_t>(what)]; }
  std::array<State, 3> states_;
};

}  // namespace awaitd::server
