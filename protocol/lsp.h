// All LSP 3.18 types that awaitd uses. Plain values with a tolerant read() and a strict write().
#pragma once

#include "protocol/client_capabilities.h"  // IWYU pragma: export
#include "protocol/lsp_base.h"             // IWYU pragma: export
#include "protocol/lsp_calls.h"            // IWYU pragma: export
#include "protocol/lsp_diagnostic.h"       // IWYU pragma: export
#include "protocol/lsp_document.h"         // IWYU pragma: export
#include "protocol/lsp_edit.h"             // IWYU pragma: export
#include "protocol/lsp_hints.h"            // IWYU pragma: export
#include "protocol/lsp_lifecycle.h"        // IWYU pragma: export
#include "protocol/lsp_notebook.h"         // IWYU pragma: export
#include "protocol/lsp_progress.h"         // IWYU pragma: export
#include "protocol/lsp_workspace.h"        // IWYU pragma: export
