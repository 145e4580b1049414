// publishDiagnostics: for the newest text only, nothing twice for one version, and exact once the typing has stopped.
#include <cstdio>

#include "server/convert/diagnostics.h"
#include "server/session/session.h"

namespace awaitd::server {

namespace {
constexpr std::uint32_t kFreedHere = 200u << 10;  // bytes of text; more takes longer to free than to wake a thread
}

void Session::analysed(const DocumentPtr& document) {
  show(*document);
  trace_analysis(*document);
  if (document->last_good.keeps_any() && !document->settling) settle_later(document, kSettleAfter);
}

void Session::trace_analysis(const OpenDocument& document) {
  if (trace_ == Trace::off) return;
  const std::chrono::duration<double, std::milli> took = document.analysis.took;
  char milliseconds[32];
  std::snprintf(milliseconds, sizeof milliseconds, "%.3f ms", took.count());
  trace(document.uri + ": analysed version " + std::to_string(document.version) + " in " + milliseconds, [&] {
    const analysis::Analysis& now = *document.analysis.newest;
    const analysis::Work work = analysis::work(now);
    return std::to_string(analysis::findings(now).size()) + " findings; " + std::to_string(work.chunks_parsed) +
           " chunks parsed, " + std::to_string(work.units_built) + " units built, " +
           std::to_string(work.units_checked) + " units checked" + (analysis::complete(now) ? "" : "; incomplete");
  });
}

bool Session::settled(const OpenDocument& document) const { return host_.now() - document.last_edit >= kSettleAfter; }

// Tells the client what the newest analysis found, or that it had better ask again.
void Session::show(OpenDocument& document) {
  document.notebook || !client_.pulls() ? publish(document) : compare_with_pulled(document);
  if (document.hinted != document.version) return;
  document.hinted.reset();
  refresh(Refresh::inlay_hints);
  refresh(Refresh::code_lenses);
}

void Session::publish(OpenDocument& document) {
  // Freeing an analysis can take as long as making one: not before the client has its answer.
  analysis::AnalysisPtr replaced = document.last_good.base();
  send_diagnostics(document, document.last_good.update(document.current(), settled(document)));
  if (document.text.size() < kFreedHere) return;
  executor_.submit(Priority::background,
                   [replaced = std::move(replaced)](analysis::Parser&) mutable { replaced = nullptr; });
}

void Session::send_diagnostics(OpenDocument& document, const std::vector<analysis::Finding>& findings) {
  const Sheets sheets = document.sheets();
  const ClientText text(document.text, sheets, client_.encoding);
  const NotePlaces elsewhere = places_elsewhere(document, findings);
  for (const Sheet& sheet : sheets) {
    protocol::PublishDiagnosticsParams params;
    params.uri = sheet.uri;
    if (client_.can.publish.version) params.version = sheet.version;
    params.diagnostics.reserve(sheets.size() == 1 ? findings.size() : 0);
    for (const analysis::Finding& finding : findings) {
      if (text.at(finding.range.start) != &sheet) continue;
      params.diagnostics.push_back(to_diagnostic(finding, text, client_, elsewhere));
    }
    Told told{protocol::to_json_text(params), sheet.version};
    if (told == document.published[sheet.uri]) continue;
    dispatcher_.notify_json("textDocument/publishDiagnostics", told.text);
    document.published[sheet.uri] = std::move(told);
  }
}

// Nothing is wrong with it any more: it is closed, or no longer looked at.
void Session::withdraw_diagnostics(OpenDocument& document) {
  if (client_.pulls() && !document.notebook) return;  // such clients forget by themselves
  send_diagnostics(document, {});
}

// One timer a document: while edits come it is only pushed on when it fires.
void Session::settle_later(const DocumentPtr& document, std::chrono::milliseconds delay) {
  document->settling = true;
  host_.after(delay, [this, alive = std::weak_ptr(alive_), weak = std::weak_ptr(document)] {
    const DocumentPtr still_open = weak.lock();
    if (alive.expired() || !still_open) return;
    still_open->settling = false;
    if (!still_open->last_good.keeps_any()) return;
    if (!settled(*still_open)) {
      const auto left = kSettleAfter - (host_.now() - still_open->last_edit);
      return settle_later(still_open, std::chrono::ceil<std::chrono::milliseconds>(left));
    }
    if (still_open->current()) show(*still_open);  // otherwise the analysis under way will
  });
}

}  // namespace awaitd::server
