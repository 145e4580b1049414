#include "protocol/lsp_progress.h"

namespace awaitd::protocol {

void read(const Reader& reader, WorkDoneProgressCancelParams& out) { reader.required("token", out.token); }

void write(JsonWriter& writer, const WorkDoneProgress& value) {
  using Kind = WorkDoneProgress::Kind;
  writer.begin_object();
  writer.field("kind", value.kind == Kind::begin ? "begin" : value.kind == Kind::report ? "report" : "end");
  if (value.kind == Kind::begin) writer.field("title", value.title);
  if (!value.message.empty()) writer.field("message", value.message);
  if (value.kind != Kind::end) writer.field("percentage", value.percentage);
  if (value.cancellable) writer.field("cancellable", true);
  writer.end_object();
}

void write(JsonWriter& writer, const ProgressParams& value) {
  writer.begin_object();
  writer.field("token", value.token);
  writer.field("value", value.value);
  writer.end_object();
}

void write(JsonWriter& writer, const WorkDoneProgressCreateParams& value) {
  writer.begin_object();
  writer.field("token", value.token);
  writer.end_object();
}

}  // namespace awaitd::protocol
