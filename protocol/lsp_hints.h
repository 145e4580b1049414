// What is shown in or over the text beside diagnostics: inlay hints, code lenses, document links. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/lsp_base.h"

namespace awaitd::protocol {

struct InlayHintParams {
  TextDocumentIdentifier text_document;
  Range range;
};
struct InlayHint {
  Position position;
  std::string label;
  std::string tooltip;  // plain text, optional
  bool padding_left = false;
};

struct CodeLensParams {
  TextDocumentIdentifier text_document;
};
struct CodeLens {
  Range range;  // of one line
  std::optional<Command> command;
  RawJson data;  // comes back in codeLens/resolve
};

struct DocumentLinkParams {
  TextDocumentIdentifier text_document;
};
struct DocumentLink {
  Range range;
  std::string target;
  std::string tooltip;  // only with tooltipSupport
};

void read(const Reader& reader, InlayHintParams& out);
void read(const Reader& reader, CodeLensParams& out);
void read(const Reader& reader, DocumentLinkParams& out);

void write(JsonWriter& writer, const InlayHint& value);
void write(JsonWriter& writer, const CodeLens& value);
void write(JsonWriter& writer, const DocumentLink& value);

}  // namespace awaitd::protocol
