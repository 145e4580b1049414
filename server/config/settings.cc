#include "server/config/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "analysis/rules/rule.h"

namespace awaitd::server {

using nlohmann::json;

namespace {

struct Reader {
  std::string_view where;
  std::vector<std::string>& problems;

  void wrong(std::string_view key, std::string_view expected, const json& got) const {
    problems.push_back(std::string(where) + ": " + std::string(key) + " must be " + std::string(expected) + ", not " +
                       got.dump(-1, ' ', false, json::error_handler_t::replace));
  }
  std::optional<bool> boolean(std::string_view key, const json& value) const {
    if (value.is_boolean()) return value.get<bool>();
    wrong(key, "true or false", value);
    return std::nullopt;
  }
  std::optional<std::vector<std::string>> strings(std::string_view key, const json& value) const {
    std::vector<std::string> out;
    const bool good =
        value.is_array() && std::all_of(value.begin(), value.end(), [](const json& item) { return item.is_string(); });
    if (!good) {
      wrong(key, "a list of rule codes, prefixes or names, like [\"AWD1\", \"blocking-sleep\"]", value);
      return std::nullopt;
    }
    for (const json& item : value) out.push_back(item.get<std::string>());
    return out;
  }
};

bool is_dotted_name(std::string_view name) {
  bool start = true;
  for (const char c : name) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (start ? !letter : !letter && c != '.' && std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
    start = c == '.';
  }
  return !start && name.find('.') != std::string_view::npos;
}

constexpr std::string_view kArrow = " -> ";

// A call and what to use instead of it, which may be empty.
std::pair<std::string_view, std::string_view> blocking_call(std::string_view entry) {
  const std::size_t arrow = entry.find(kArrow);
  if (arrow == std::string_view::npos) return {entry, {}};
  return {entry.substr(0, arrow), entry.substr(arrow + kArrow.size())};
}

std::optional<std::vector<std::string>> read_blocking(const Reader& in, const json& value) {
  constexpr std::string_view kExpected = "a list of dotted names, like [\"erp.load\", \"erp.save -> erp.save_async\"]";
  if (!value.is_array()) return in.wrong("blocking", kExpected, value), std::nullopt;
  std::vector<std::string> out;
  for (const json& item : value) {
    const auto [name, instead] =
        blocking_call(item.is_string() ? item.get_ref<const std::string&>() : std::string_view());
    if (!is_dotted_name(name) || (!instead.empty() && !is_dotted_name(instead))) {
      in.wrong("blocking", kExpected, item);
      continue;
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

using Read = void (*)(const Reader&, const json&, Settings&);
struct Key {
  std::string_view name;
  Read read;
  bool editor_only = false;
};

// Every setting is a line here.
constexpr std::array kKeys = {
    Key{"blocking", [](const Reader& in, const json& v, Settings& s) { s.blocking = read_blocking(in, v); }},
    Key{"code-lens", [](const Reader& in, const json& v, Settings& s) { s.code_lens = in.boolean("code-lens", v); },
        true},
    Key{"diagnostic-mode",
        [](const Reader& in, const json& v, Settings& s) {
          if (v == "workspace" || v == "open-files")
            s.workspace_diagnostics = v == "workspace";
          else
            in.wrong("diagnostic-mode", "\"open-files\" or \"workspace\"", v);
        },
        true},
    Key{"extend-select",
        [](const Reader& in, const json& v, Settings& s) { s.extend_select = in.strings("extend-select", v); }},
    Key{"follow-packages",
        [](const Reader& in, const json& v, Settings& s) { s.follow_packages = in.boolean("follow-packages", v); }},
    Key{"free-threaded",
        [](const Reader& in, const json& v, Settings& s) { s.free_threaded = in.boolean("free-threaded", v); }},
    Key{"ignore", [](const Reader& in, const json& v, Settings& s) { s.ignore = in.strings("ignore", v); }},
    Key{"inlay-hints",
        [](const Reader& in, const json& v, Settings& s) { s.inlay_hints = in.boolean("inlay-hints", v); }, true},
    Key{"interpreter",
        [](const Reader& in, const json& v, Settings& s) {
          if (!v.is_string()) return in.wrong("interpreter", "the path of a Python or of its environment", v);
          s.interpreter = v.get<std::string>();
        }},
    Key{"log-level",
        [](const Reader& in, const json& v, Settings& s) {
          if (v.is_string()) s.log_level = level_from(v.get<std::string>());
          if (!s.log_level) in.wrong("log-level", "\"error\", \"warning\", \"info\" or \"debug\"", v);
        }},
    Key{"overlap",
        [](const Reader& in, const json& v, Settings& s) {
          if (v == "report" || v == "defer")
            s.defer = v == "defer";
          else
            in.wrong("overlap", "\"report\" or \"defer\"", v);
        }},
    Key{"select", [](const Reader& in, const json& v, Settings& s) { s.select = in.strings("select", v); }},
    Key{"target-python",
        [](const Reader& in, const json& v, Settings& s) {
          if (v.is_string()) s.target_python = lowest_python(v.get<std::string>());
          if (!s.target_python) in.wrong("target-python", "a Python version like \"3.11\"", v);
        }},
};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::toupper(x) == std::toupper(y);
         });
}

void check_selectors(const std::optional<std::vector<std::string>>& selectors, std::string_view key,
                     std::vector<std::string>& problems) {
  if (!selectors) return;
  for (const std::string& selector : *selectors) {
    const auto rules = analysis::all_rules();
    if (std::none_of(rules.begin(), rules.end(),
                     [&](const analysis::Rule* rule) { return selects(selector, *rule); })) {
      problems.push_back(std::string(key) + ": \"" + selector + "\" is no rule code, prefix of codes or rule name");
    }
  }
}

bool any_selects(const std::optional<std::vector<std::string>>& selectors, const analysis::Rule& rule) {
  return selectors && std::any_of(selectors->begin(), selectors->end(),
                                  [&](const std::string& selector) { return selects(selector, rule); });
}

}  // namespace

Settings read_settings(const json& value, std::string_view where, UnknownKeys unknown,
                       std::vector<std::string>& problems) {
  Settings settings;
  if (value.is_null() || (value.is_array() && value.empty())) return settings;
  if (!value.is_object()) {
    problems.push_back(std::string(where) + ": expected a table of settings");
    return settings;
  }
  const Reader reader{where, problems};
  for (const auto& [name, item] : value.items()) {
    const auto key =
        std::find_if(kKeys.begin(), kKeys.end(), [&wanted = name](const Key& k) { return k.name == wanted; });
    if (key != kKeys.end() && key->editor_only && unknown == UnknownKeys::report) {
      problems.push_back(std::string(where) + ": \"" + name + "\" is a setting of the editor, not of a project");
    } else if (key != kKeys.end()) {
      if (!item.is_null()) key->read(reader, item, settings);
    } else if (unknown == UnknownKeys::report) {
      std::string known;
      for (const Key& k : kKeys) {
        if (!k.editor_only) known += (known.empty() ? "" : ", ") + std::string(k.name);
      }
      problems.push_back(std::string(where) + ": unknown setting \"" + name + "\"; there are: " + known);
    }
  }
  return settings;
}

Settings read_editor_settings(const json& value, std::string_view where, std::vector<std::string>& problems) {
  const json* inner = &value;
  for (const char* wrapper : {"settings", "awaitd"}) {
    if (inner->is_object() && inner->contains(wrapper)) inner = &(*inner)[wrapper];
  }
  // Editors mix in settings of their own (path, trace), and didChangeConfiguration may bring anybody's.
  return read_settings(*inner, where, UnknownKeys::ignore, problems);
}

std::string interpreter_of(const json& value) {
  for (const char* key : {"pythonPath", "defaultInterpreterPath"}) {
    if (!value.is_object() || !value.contains(key) || !value[key].is_string()) continue;
    std::string path = value[key].get<std::string>();
    if (path.find('/') != std::string::npos || path.find('\\') != std::string::npos) return path;  // not just "python"
  }
  return {};
}

Settings merged(const Settings& base, const Settings& over) {
  Settings out = base;
  if (over.select) out.select = over.select;
  if (over.ignore) out.ignore = over.ignore;
  if (over.extend_select) out.extend_select = over.extend_select;
  if (over.target_python) out.target_python = over.target_python;
  if (over.free_threaded) out.free_threaded = over.free_threaded;
  if (over.blocking) out.blocking = over.blocking;
  if (over.follow_packages) out.follow_packages = over.follow_packages;
  if (over.interpreter) out.interpreter = over.interpreter;
  if (over.defer) out.defer = over.defer;
  if (over.log_level) out.log_level = over.log_level;
  if (over.code_lens) out.code_lens = over.code_lens;
  if (over.inlay_hints) out.inlay_hints = over.inlay_hints;
  if (over.workspace_diagnostics) out.workspace_diagnostics = over.workspace_diagnostics;
  return out;
}

bool selects(std::string_view selector, const analysis::Rule& rule) {
  if (same_ignoring_case(selector, "ALL") || selector == rule.name) return true;
  return !selector.empty() && selector.size() <= rule.code.size() &&
         same_ignoring_case(selector, rule.code.substr(0, selector.size()));
}

std::shared_ptr<const analysis::Knowledge> knowledge_with(const std::vector<std::string>& blocking, std::string lines) {
  for (const std::string& entry : blocking) {
    const auto [name, instead] = blocking_call(entry);
    lines += "blocking\t" + std::string(name) + "\tconfigured\t-\t-\t" +
             (instead.empty() ? "-" : std::string(instead)) + "\n";
  }
  std::vector<std::string> problems;  // names are checked when they are read
  return analysis::Knowledge::with_user_lines(lines, problems);
}

analysis::Options to_options(const Settings& settings, std::vector<std::string>& problems) {
  check_selectors(settings.select, "select", problems);
  check_selectors(settings.extend_select, "extend-select", problems);
  check_selectors(settings.ignore, "ignore", problems);
  analysis::Options options;
  for (const analysis::Rule* rule : analysis::all_rules()) {
    bool on = settings.select ? any_selects(settings.select, *rule) : rule->enabled;
    on = (on || any_selects(settings.extend_select, *rule)) && !any_selects(settings.ignore, *rule);
    if (on && !rule->enabled) options.enabled.emplace(rule->code);
    if (!on && rule->enabled) options.disabled.emplace(rule->code);
  }
  if (settings.target_python) options.target = *settings.target_python;
  options.target_stated = settings.target_python.has_value();
  if (settings.free_threaded) options.free_threaded = *settings.free_threaded;
  return options;
}

}  // namespace awaitd::server
