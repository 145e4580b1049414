// The loaded tables behind Knowledge: rows in byte order of their names and an index for each. Built once, then
// constant; safe from any thread. The embedded text is static, a user's text is kept here.
#pragma once
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/name_index.h"
#include "analysis/knowledge/rows.h"

namespace awaitd::analysis {

struct Knowledge::Tables {
  Rows rows;
  NameIndex blocking, methods, subtrees;  // exact names; classes of "C.*" rows; prefixes of "P.**" rows
  NameIndex types, contexts, aliases, alias_roots, classes, equivalents, builtins, modules;
  NameIndex timeouts, scopes, waiting_names;  // the last: last names of both
  NameIndex roots;                           // first components of all names: a quick no for a project's own names
  NameIndex owners;                          // everything some row's name is below: modules and classes
  NameIndex loops, loop_words;               // names; the last parts of names
  NameIndex deprecations, deprecated_words;
  NameIndex bases;                           // class -> its first row in rows.bases
  std::vector<std::string_view> schedulers;  // last names of the callables that run what they are handed on the loop; sorted
  std::vector<std::string_view> base_names;  // rows.bases[i].base, so that a span of it can be handed out
  std::string user_text;                     // what the user's rows point into
  std::deque<std::string> names;             // and their canonical names

  // Reads the embedded tables; problems only if a table is broken.
  void read_embedded(std::vector<std::string>& problems);
  // Needs index_aliases(); comes before index().
  void read_user(std::string_view lines, std::vector<std::string>& problems);
  bool remove(std::string_view table, std::string_view name);
  void index_aliases();
  void index();

  // The origin with its longest aliased prefix replaced; `scratch` holds the text when that changed anything.
  std::string_view canonical(std::string_view origin, std::string& scratch) const;
  std::span<const std::string_view> bases_of(std::string_view cls) const;
  bool foreign(std::string_view origin) const { return !roots.contains(origin.substr(0, origin.find('.'))); }
  // cls and its known ancestors, nearest first, each once.
  std::vector<std::string_view> ancestry(std::string_view cls) const;
  // Calls visit(class) for those until it returns true. Nothing is allocated for a class without bases.
  template <typename Visit>
  bool any_ancestor(std::string_view cls, Visit&& visit) const {
    if (visit(cls)) return true;
    if (!bases.contains(cls)) return false;
    const auto all = ancestry(cls);
    for (std::size_t i = 1; i < all.size(); ++i)
      if (visit(all[i])) return true;
    return false;
  }

 private:
  void index_owners();
  void index_timeouts();  // timeouts.cc
};

// Results are dotted class names or words of types.tsv ("self", "$arg0", "property").
inline bool is_class_name(std::string_view result) { return result.find('.') != std::string_view::npos; }

// Calls each(result) for the parts of a TypeFact's result.
template <typename Each>
void for_each_result(std::string_view result, Each&& each) {
  while (!result.empty()) {
    const std::size_t bar = result.find('|');
    each(result.substr(0, bar));
    result.remove_prefix(bar == std::string_view::npos ? result.size() : bar + 1);
  }
}

}  // namespace awaitd::analysis
