#include "server/base/version.h"

namespace awaitd::server {

std::string_view version() { return AWAITD_VERSION; }

}  // namespace awaitd::server
