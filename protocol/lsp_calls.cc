#include "protocol/lsp_calls.h"

namespace awaitd::protocol {

void read(const Reader& reader, CallHierarchyItem& out) {
  reader.optional("name", out.name);
  int kind = static_cast<int>(out.kind);
  reader.lenient("kind", kind);
  out.kind = static_cast<SymbolKind>(kind);
  reader.lenient("detail", out.detail);
  reader.required("uri", out.uri);
  reader.required("range", out.range);
  reader.required("selectionRange", out.selection_range);
  reader.optional("data", out.data);
}

void read(const Reader& reader, CallHierarchyCallsParams& out) { reader.required("item", out.item); }

void write(JsonWriter& writer, const CallHierarchyItem& value) {
  writer.begin_object();
  writer.field("name", value.name);
  writer.field("kind", static_cast<int>(value.kind));
  if (!value.detail.empty()) writer.field("detail", value.detail);
  writer.field("uri", value.uri);
  writer.field("range", value.range);
  writer.field("selectionRange", value.selection_range);
  if (!value.data.empty()) writer.field("data", value.data);
  writer.end_object();
}

void write_calls(JsonWriter& writer, const std::vector<CallHierarchyCall>& calls, std::string_view other_name) {
  writer.begin_array();
  for (const CallHierarchyCall& call : calls) {
    writer.begin_object();
    writer.field(other_name, call.other);
    writer.field("fromRanges", call.from_ranges);
    writer.end_object();
  }
  writer.end_array();
}

}  // namespace awaitd::protocol
