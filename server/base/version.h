// The version of this build, "0.1.0".
#pragma once
#include <string_view>

namespace awaitd::server {

std::string_view version();

}  // namespace awaitd::server
