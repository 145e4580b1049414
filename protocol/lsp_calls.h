// Call hierarchy. Plain values.
#pragma once

#include <string>
#include <vector>

#include "protocol/lsp_base.h"

namespace awaitd::protocol {

enum class SymbolKind : int { Module = 2, Method = 6, Constructor = 9, Function = 12 };

struct CallHierarchyItem {
  std::string name;
  SymbolKind kind = SymbolKind::Function;
  std::string detail;
  DocumentUri uri;
  Range range;
  Range selection_range;  // inside of range
  RawJson data;           // comes back with the item
};
// of incoming or outgoing calls; the places are in the caller's document.
struct CallHierarchyCall {
  CallHierarchyItem other;
  std::vector<Range> from_ranges;
};
struct CallHierarchyCallsParams {
  CallHierarchyItem item;
};

void read(const Reader& reader, CallHierarchyItem& out);
void read(const Reader& reader, CallHierarchyCallsParams& out);

void write(JsonWriter& writer, const CallHierarchyItem& value);
// other_name: "from" of incoming calls, "to" of outgoing ones.
void write_calls(JsonWriter& writer, const std::vector<CallHierarchyCall>& calls, std::string_view other_name);

}  // namespace awaitd::protocol
