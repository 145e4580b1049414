// TOML text to a JSON value, so that settings are read by one reader whatever they were written in.
// Dates and times become strings. Pure; does not throw.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace awaitd::server {

// Null with `problem` set ("line 3: ...") if the text is no TOML.
nlohmann::json toml_to_json(std::string_view text, std::string& problem);

}  // namespace awaitd::server
