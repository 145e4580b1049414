// The open notebooks as the client has them, with what awaitd itself has no use for (kinds, metadata, what was run),
// for servers that join later or come back. Keyed by the client's own URIs; positions are in the session's encoding.
// What is broken in a change is passed over: the notebook stays as it was. Belongs to the strand.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/text/document.h"
#include "protocol/json.h"
#include "protocol/positions.h"

namespace awaitd::server::with {

class NotebookMirror {
 public:
  void use(protocol::PositionEncoding encoding) { encoding_ = encoding; }
  // A notification of the client's by its method; others than notebookDocument/did... are none of its.
  void take(const std::string& method, const protocol::Json& params);
  // The params of notebookDocument/didOpen, as if each were opened now.
  std::vector<protocol::JsonValue> opened_now() const;

 private:
  struct Text {
    protocol::JsonValue item;  // a TextDocumentItem whose text is not looked at
    analysis::Document text;
  };
  struct Notebook {
    protocol::JsonValue document;  // a NotebookDocument
    std::map<std::string, Text> texts;
  };
  void open(const protocol::Json& params);
  void change(const protocol::Json& params);
  void splice(Notebook& notebook, const protocol::Json& structure) const;
  void edit(Notebook& notebook, const protocol::Json& text_content) const;

  protocol::PositionEncoding encoding_ = protocol::PositionEncoding::Utf16;
  std::map<std::string, Notebook> notebooks_;
};

}  // namespace awaitd::server::with
