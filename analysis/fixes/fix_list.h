// Building fixes: edits in document offsets, imports added where they belong, `await` bound as tightly as it must be.
// Used by one thread for one finding; the results are plain Fix values.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/finding.h"
#include "analysis/unit_view.h"

namespace awaitd::analysis {

class FixList {
 public:
  void add(Fix fix) { fixes.push_back(std::move(fix)); }
  std::vector<Fix> fixes;
};

// Collects the edits of one fix in one unit's document.
class EditBuilder {
 public:
  explicit EditBuilder(const UnitView& view) : view_(view) {}

  void replace(NodeId node, std::string text) { replace(view_.range(node), std::move(text)); }
  void replace(Range unit_range, std::string text);
  void insert(std::uint32_t unit_offset, std::string text) { replace({unit_offset, unit_offset}, std::move(text)); }
  // Edits in document offsets.
  void replace_in_document(Range range, std::string text) { edits_.push_back({range, std::move(text)}); }

  // How to write `dotted` ("asyncio.to_thread") at node, its import added if the module has none.
  // Nothing if a local name stands in the way.
  std::optional<std::string> name_for(std::string_view dotted, NodeId node);

  // The finished fix; nothing if edits overlap.
  std::optional<Fix> finish(std::string title, Safety safety);

 private:
  const UnitView& view_;
  std::vector<Edit> edits_;
};

// True if an `await` put around the expression at node must be parenthesised: (await f()).json().
bool await_needs_parentheses(const Unit& unit, NodeId node);
// True if `await` may stand at node: in an async def, and not inside a generator expression (which it would turn async).
bool can_await(const UnitView& view, NodeId node);

// imports.cc: the edit that makes `import module` true, and how the module is then called; no edit if it is imported.
struct ImportEdit {
  std::string local_name;
  std::optional<Edit> edit;  // document offsets
};
ImportEdit import_edit(const Analysis& analysis, std::string_view module);

}  // namespace awaitd::analysis
