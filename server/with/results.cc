#include "server/with/results.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/with/capabilities.h"

namespace awaitd::server::with {

using protocol::Json;

namespace {

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

// A fence that the text does not hold.
std::string fenced(const std::string& text, const std::string& language) {
  std::size_t run = 0, longest = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
  return fence + language + "\n" + text + "\n" + fence;
}

// MarkupContent, or a MarkedString: a string of markdown or a piece of code.
std::string part_text(const Json& part, bool markdown) {
  if (part.is_string()) return part.get<std::string>();
  const std::string value = text_of(member_at(part, "value"));
  if (!markdown || value.empty()) return value;
  const Json& language = member_at(part, "language");
  if (language.is_string()) return fenced(value, language.get<std::string>());
  return member_at(part, "kind") == "plaintext" ? fenced(value, "text") : value;
}

std::string contents_text(const Json& contents, bool markdown) {
  if (!contents.is_array()) return part_text(contents, markdown);
  std::string out;
  for (const Json& part : contents) {
    const std::string text = part_text(part, markdown);
    if (text.empty()) continue;
    if (!out.empty()) out += "\n\n";
    out += text;
  }
  return out;
}

void trim_end(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
}

}  // namespace

bool is_empty(const Json& result) {
  if (result.is_null() || (result.is_structured() && result.empty())) return true;
  return result.is_object() && result.contains("contents") && contents_text(result["contents"], false).empty();
}

Json merged_hover(const std::vector<const Json*>& hovers, const protocol::ClientCapabilities::Hover& client) {
  const bool markdown = client.markdown;
  Json out = Json::object();
  std::string all;
  for (const Json* hover : hovers) {
    if (is_empty(*hover)) continue;
    std::string text = contents_text(member_at(*hover, "contents"), markdown);
    trim_end(text);
    if (!all.empty()) all += markdown ? "\n\n---\n\n" : "\n\n";
    all += text;
    const Json& range = member_at(*hover, "range");
    if (range.is_object() && !out.contains("range")) out["range"] = range;
  }
  if (all.empty()) return nullptr;
  out["contents"] = {{"kind", markdown ? "markdown" : "plaintext"}, {"value", std::move(all)}};
  return out;
}

Json merged_list(const std::vector<const Json*>& lists) {
  Json out = Json::array();
  for (const Json* list : lists) {
    if (list->is_array()) out.insert(out.end(), list->begin(), list->end());
  }
  return out;
}

}  // namespace awaitd::server::with
