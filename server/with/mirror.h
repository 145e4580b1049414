// The open documents as the client has them, for servers that join later or want whole texts, and the edits of late,
// so that diagnostics of an older version can be moved to where their text is now. Documents are keyed by the client's
// own URIs. Positions are 0-based, in the session's encoding. Belongs to the strand.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/text/document.h"
#include "protocol/lsp_document.h"
#include "protocol/positions.h"

namespace awaitd::server::with {

// One edit: the text between start and old_end became text that ends at new_end.
struct Shift {
  protocol::Position start, old_end, new_end;
};
// Where a range is after an edit; nothing if its text is gone.
std::optional<protocol::Range> shifted(protocol::Range range, const Shift& shift);

class Mirror {
 public:
  struct Document {
    std::string uri, language_id;
    std::int32_t version = 0;
    analysis::Document text;
    // The edits that led to a version, oldest first.
    std::deque<std::pair<std::int32_t, std::vector<Shift>>> edits;
  };
  static constexpr std::size_t kRemembered = 200;  // versions

  void use(protocol::PositionEncoding encoding) { encoding_ = encoding; }
  void open(const protocol::TextDocumentItem& item);
  // The edits, in order; null if the document is not open.
  const std::vector<Shift>* change(const protocol::DidChangeTextDocumentParams& params);
  void close(const std::string& uri) { documents_.erase(uri); }

  const Document* find(const std::string& uri) const;
  // The open document that another spelling of its URI means, too.
  const Document* find_any_spelling(const std::string& uri) const;
  const std::map<std::string, Document>& documents() const { return documents_; }
  // The edits since a version; nothing if they are not known any more.
  static std::optional<std::vector<Shift>> since(const Document& document, std::int32_t version);

 private:
  Shift apply(Document& document, const protocol::ContentChange& change) const;

  protocol::PositionEncoding encoding_ = protocol::PositionEncoding::Utf16;
  std::map<std::string, Document> documents_;
};

}  // namespace awaitd::server::with
