// Real Python files to test on: the standard library of the python3 on the path.
#pragma once
#include <string>
#include <vector>

namespace awaitd::analysis {

std::string standard_library();  // its folder; empty if there is no python3
// All .py files below the folders (separated by ':'), sorted.
std::vector<std::string> python_files(const std::string& roots);
std::string read_file(const std::string& path);

}  // namespace awaitd::analysis
