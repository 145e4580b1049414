// The file that a dotted name means below a folder of imports (language reference 5.3: packages, then modules, then
// namespaces; source before stubs). Pure but for the answers it is given; throws nothing.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "analysis/project/files.h"

namespace awaitd::analysis {

// Empty if there is none; a folder for a namespace package.
std::string module_file(const std::string& folder, std::string_view dotted,
                        const std::function<Files::Kind(const std::string&)>& kind);

}  // namespace awaitd::analysis
