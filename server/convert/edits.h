// A fix as an LSP workspace edit, in the form the client announced: over one file or several, with the tab stop as a
// snippet (LSP 3.18, SnippetTextEdit) where the client takes snippets. Pure but for what `find` does; any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "analysis/finding.h"
#include "analysis/text/document.h"
#include "protocol/lsp_edit.h"
#include "server/convert/client.h"
#include "server/convert/sheets.h"

namespace awaitd::server {

// A file to edit as the client knows it.
struct EditTarget {
  Sheets sheets;
  std::shared_ptr<const analysis::Document> text;
};
// By the path in FileEdits, "" for the finding's own document; nothing if there is no such text. May read the disk.
using FindTarget = std::function<std::optional<EditTarget>(const std::string& path)>;

// Nothing if one of its files cannot be had, or an edit reaches over two cells: half a fix is worse than none. Edits in
// other files than the finding's are annotated, to be confirmed, where the client honours that.
std::optional<protocol::WorkspaceEdit> to_workspace_edit(const analysis::Fix& fix, const FindTarget& find,
                                                         const Client& client);

}  // namespace awaitd::server
