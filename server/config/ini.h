// INI files as setuptools, tox, pytest and flake8 read them: sections, `key = value` or `key: value`, values that go on in
// indented lines. Pure; views point into the text.
#pragma once
#include <functional>
#include <string_view>

namespace awaitd::server {

// Calls option(key, line of its value) for every line of one section; false if the section is not there.
bool read_ini_section(std::string_view text, std::string_view section,
                      const std::function<void(std::string_view key, std::string_view value)>& option);

}  // namespace awaitd::server
