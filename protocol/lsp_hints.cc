#include "protocol/lsp_hints.h"

namespace awaitd::protocol {

void read(const Reader& reader, InlayHintParams& out) {
  reader.required("textDocument", out.text_document);
  reader.required("range", out.range);
}
void read(const Reader& reader, CodeLensParams& out) { reader.required("textDocument", out.text_document); }
void read(const Reader& reader, DocumentLinkParams& out) { reader.required("textDocument", out.text_document); }

void write(JsonWriter& writer, const InlayHint& value) {
  writer.begin_object();
  writer.field("position", value.position);
  writer.field("label", value.label);
  if (!value.tooltip.empty()) writer.field("tooltip", value.tooltip);
  if (value.padding_left) writer.field("paddingLeft", true);
  writer.end_object();
}

void write(JsonWriter& writer, const CodeLens& value) {
  writer.begin_object();
  writer.field("range", value.range);
  writer.field("command", value.command);
  if (!value.data.empty()) writer.field("data", value.data);
  writer.end_object();
}

void write(JsonWriter& writer, const DocumentLink& value) {
  writer.begin_object();
  writer.field("range", value.range);
  writer.field("target", value.target);
  if (!value.tooltip.empty()) writer.field("tooltip", value.tooltip);
  writer.end_object();
}

}  // namespace awaitd::protocol
