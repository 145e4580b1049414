// Reads Python versions and version requirements (PEP 440 specifiers, as in requires-python).
#include <cctype>

#include "server/config/settings.h"

namespace awaitd::server {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 4 && std::isdigit(static_cast<unsigned char>(text[digits]))) {
    value = value * 10 + (text[digits++] - '0');
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

// "3.11", "3.11.2", "3.11.*", "3"
std::optional<analysis::PythonVersion> version(std::string_view text) {
  analysis::PythonVersion out{0, 0};
  const auto major = take_number(text);
  if (!major || *major < 2) return std::nullopt;
  out.major = *major;
  if (text.empty() || text == ".*") return out;
  if (text.front() != '.') return std::nullopt;
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  out.minor = *minor;
  if (text.empty() || text.front() == '.') return out;
  return std::isalpha(static_cast<unsigned char>(text.front())) ? std::optional(out) : std::nullopt;  // 3.14rc1
}

// One specifier; nothing if it gives no lower bound.
std::optional<analysis::PythonVersion> lower_bound(std::string_view part) {
  for (std::string_view op : {">=", "~=", "===", "==", "^", "~"}) {
    if (part.substr(0, op.size()) == op) return version(trimmed(part.substr(op.size())));
  }
  if (part.empty() || part.front() == '<' || part.front() == '!') return std::nullopt;
  // ">3.8" stands for 3.8 as well: 3.8.1 is a later release.
  return version(part.front() == '>' ? trimmed(part.substr(1)) : part);
}

}  // namespace

std::optional<analysis::PythonVersion> lowest_python(std::string_view requirement) {
  requirement = trimmed(requirement);
  if (requirement.size() >= 4 && requirement.substr(0, 2) == "py" && requirement[2] == '3') {  // Ruff's "py311"
    const std::string dotted = "3." + std::string(requirement.substr(3));
    return version(dotted);
  }
  std::optional<analysis::PythonVersion> lowest;
  while (!requirement.empty()) {
    const std::size_t comma = requirement.find(',');
    const auto bound = lower_bound(trimmed(requirement.substr(0, comma)));
    if (bound && (!lowest || *lowest < *bound)) lowest = bound;
    requirement = comma == requirement.npos ? std::string_view{} : requirement.substr(comma + 1);
  }
  return lowest;
}

}  // namespace awaitd::server
