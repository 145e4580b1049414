#include "server/with/routes.h"

#include <algorithm>
#include <array>

namespace awaitd::server::with {

namespace {

// One whose name, registration and capability go together, and that one server answers.
constexpr Route plain(std::string_view method, std::string_view capability) { return {method, capability, method}; }
constexpr Route part_of(std::string_view registration, std::string_view method, std::string_view capability) {
  return {method, capability, registration};
}

constexpr auto kRoutes = std::to_array<Route>({
    {"textDocument/hover", "hoverProvider", "textDocument/hover", Gather::hover},
    {"textDocument/codeAction", "codeActionProvider", "textDocument/codeAction", Gather::list, Mark::element},
    {"codeAction/resolve", "codeActionProvider", "textDocument/codeAction", Gather::first, Mark::self, Mark::self},
    {"textDocument/codeLens", "codeLensProvider", "textDocument/codeLens", Gather::list, Mark::element},
    {"codeLens/resolve", "codeLensProvider", "textDocument/codeLens", Gather::first, Mark::self, Mark::self},
    {"textDocument/inlayHint", "inlayHintProvider", "textDocument/inlayHint", Gather::list, Mark::element},
    {"inlayHint/resolve", "inlayHintProvider", "textDocument/inlayHint", Gather::first, Mark::self, Mark::self},
    {"textDocument/documentLink", "documentLinkProvider", "textDocument/documentLink", Gather::list, Mark::element},
    {"documentLink/resolve", "documentLinkProvider", "textDocument/documentLink", Gather::first, Mark::self,
     Mark::self},
    {"textDocument/prepareCallHierarchy", "callHierarchyProvider", "textDocument/prepareCallHierarchy",
     Gather::first_filled, Mark::element},
    {"callHierarchy/incomingCalls", "callHierarchyProvider", "textDocument/prepareCallHierarchy", Gather::first,
     Mark::element_from, Mark::item},
    {"callHierarchy/outgoingCalls", "callHierarchyProvider", "textDocument/prepareCallHierarchy", Gather::first,
     Mark::element_to, Mark::item},
    {"textDocument/prepareTypeHierarchy", "typeHierarchyProvider", "textDocument/prepareTypeHierarchy",
     Gather::first_filled, Mark::element},
    {"typeHierarchy/supertypes", "typeHierarchyProvider", "textDocument/prepareTypeHierarchy", Gather::first,
     Mark::element, Mark::item},
    {"typeHierarchy/subtypes", "typeHierarchyProvider", "textDocument/prepareTypeHierarchy", Gather::first,
     Mark::element, Mark::item},
    plain("textDocument/completion", "completionProvider"),
    part_of("textDocument/completion", "completionItem/resolve", "completionProvider"),
    plain("textDocument/signatureHelp", "signatureHelpProvider"),
    plain("textDocument/declaration", "declarationProvider"),
    plain("textDocument/definition", "definitionProvider"),
    plain("textDocument/typeDefinition", "typeDefinitionProvider"),
    plain("textDocument/implementation", "implementationProvider"),
    plain("textDocument/references", "referencesProvider"),
    plain("textDocument/documentHighlight", "documentHighlightProvider"),
    plain("textDocument/documentSymbol", "documentSymbolProvider"),
    plain("textDocument/documentColor", "colorProvider"),
    part_of("textDocument/documentColor", "textDocument/colorPresentation", "colorProvider"),
    plain("textDocument/formatting", "documentFormattingProvider"),
    plain("textDocument/rangeFormatting", "documentRangeFormattingProvider"),
    part_of("textDocument/rangeFormatting", "textDocument/rangesFormatting", "documentRangeFormattingProvider"),
    plain("textDocument/onTypeFormatting", "documentOnTypeFormattingProvider"),
    plain("textDocument/rename", "renameProvider"),
    part_of("textDocument/rename", "textDocument/prepareRename", "renameProvider"),
    plain("textDocument/foldingRange", "foldingRangeProvider"),
    plain("textDocument/selectionRange", "selectionRangeProvider"),
    plain("textDocument/semanticTokens", "semanticTokensProvider"),
    part_of("textDocument/semanticTokens", "textDocument/semanticTokens/full", "semanticTokensProvider/full"),
    part_of("textDocument/semanticTokens", "textDocument/semanticTokens/full/delta", "semanticTokensProvider/full"),
    part_of("textDocument/semanticTokens", "textDocument/semanticTokens/range", "semanticTokensProvider/range"),
    plain("textDocument/linkedEditingRange", "linkedEditingRangeProvider"),
    plain("textDocument/moniker", "monikerProvider"),
    plain("textDocument/inlineValue", "inlineValueProvider"),
    plain("textDocument/inlineCompletion", "inlineCompletionProvider"),
    plain("textDocument/willSaveWaitUntil", "textDocumentSync/willSaveWaitUntil"),
    plain("workspace/symbol", "workspaceSymbolProvider"),
    part_of("workspace/symbol", "workspaceSymbol/resolve", "workspaceSymbolProvider"),
    plain("workspace/executeCommand", "executeCommandProvider"),
    plain("workspace/textDocumentContent", "workspace/textDocumentContent"),
    {"workspace/willCreateFiles", "workspace/fileOperations/willCreate", "workspace/willCreateFiles",
     Gather::first_filled},
    {"workspace/willRenameFiles", "workspace/fileOperations/willRename", "workspace/willRenameFiles",
     Gather::first_filled},
    {"workspace/willDeleteFiles", "workspace/fileOperations/willDelete", "workspace/willDeleteFiles",
     Gather::first_filled},
    // Notifications that only those get who ask for them.
    plain("workspace/didCreateFiles", "workspace/fileOperations/didCreate"),
    plain("workspace/didRenameFiles", "workspace/fileOperations/didRename"),
    plain("workspace/didDeleteFiles", "workspace/fileOperations/didDelete"),
    // Never offered to the client here (diagnostics.h); refused if it asks all the same.
    plain("textDocument/diagnostic", "diagnosticProvider"),
    part_of("textDocument/diagnostic", "workspace/diagnostic", "diagnosticProvider"),
    {"shutdown", "", "", Gather::all},
});

}  // namespace

const Route* find_route(std::string_view method) {
  const auto found = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& r) { return r.method == method; });
  return found == kRoutes.end() ? nullptr : &*found;
}

const Route* route_of_capability(std::string_view capability) {
  const auto found =
      std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& r) { return r.capability == capability; });
  return found == kRoutes.end() ? nullptr : &*found;
}

}  // namespace awaitd::server::with
