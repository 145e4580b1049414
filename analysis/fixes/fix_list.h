// Building fixes: edits in document offsets, imports added where they belong, `await` bound as tightly as it must be.
// Used by one thread for one finding; the results are plain Fix values.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/fixes/tab_stop.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

// A probe only asks whether there is a fix (Finding::fixable): imports are not placed, and one fix is enough.
class FixList {
 public:
  explicit FixList(bool probe = false) : probe_(probe) {}
  void add(std::optional<Fix> fix, bool preferred = false) {
    if (!fix) return;
    bool first = true;
    for (const Fix& other : fixes) first &= !other.preferred;
    fix->preferred = preferred && first;
    place_tab_stop(*fix);
    fixes.push_back(std::move(*fix));
  }
  bool probe() const { return probe_; }
  bool enough() const { return probe_ && !fixes.empty(); }
  std::vector<Fix> fixes;

 private:
  bool probe_;
};

// Collects the edits of one fix in one unit's document.
class EditBuilder {
 public:
  explicit EditBuilder(const UnitView& view, bool probe = false) : view_(view), probe_(probe) {}

  void replace(NodeId node, std::string text) { replace(view_.range(node), std::move(text)); }
  void replace(Range unit_range, std::string text);
  void insert(std::uint32_t unit_offset, std::string text) { replace({unit_offset, unit_offset}, std::move(text)); }

  // How to write `dotted` ("asyncio.to_thread") at node; finish() adds the import if the module has none that serves.
  // Nothing if another meaning of the name stands in the way.
  std::optional<std::string> name_for(std::string_view dotted, NodeId node);

  // The last part of `dotted` as a name of its own, by `from module import name`.
  std::optional<std::string> name_from(std::string_view dotted, NodeId node);

  // A module-level statement in front of the module's first function or class: "tasks = set()".
  void define(std::string statement) { definitions_.push_back(std::move(statement)); }

  // The finished fix; nothing if edits overlap.
  std::optional<Fix> finish(std::string title, Safety safety);

 private:
  void need(std::string import_statement);

  const UnitView& view_;
  std::vector<Edit> edits_;           // document offsets
  std::vector<std::string> imports_;  // import statements that are still to be added: "import asyncio"
  std::vector<std::string> definitions_;
  bool probe_;
};

// True if an `await` put around the expression at node must be parenthesised: (await f()).json().
bool await_needs_parentheses(const Unit& unit, NodeId node);
// "await expression" as it must stand in the place of node.
std::string awaited(const Unit& unit, NodeId node, const std::string& expression);
// True if `await` may stand at node: in an async def, not inside a generator expression (which it would turn async),
// and not where a thread's lock is held.
bool can_await(const UnitView& view, NodeId node);

// imports.cc. The spelling of a dotted name at node by an import that has surely run there; nothing if there is none.
std::optional<std::string> imported_name(const UnitView& view, std::string_view dotted, NodeId node);
// The edits that add import statements ("import asyncio", "from a.b import c"), in document offsets.
// definitions.cc. The edit that adds a module-level statement: behind the last one before the first function or class.
Edit definition_edit(const Analysis& analysis, const std::string& statement);
std::vector<Edit> import_edits(const Analysis& analysis, std::vector<std::string> statements);

}  // namespace awaitd::analysis
