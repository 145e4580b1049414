#include "server/convert/diagnostics.h"

#include "analysis/rules/rule.h"
#include "analysis/rules/rule.h"
#include "server/convert/severity.h"

namespace awaitd::server {

namespace {

protocol::DiagnosticSeverity severity_of(const analysis::Finding& finding) {
  return static_cast<protocol::DiagnosticSeverity>(static_cast<int>(shown_severity(finding)) + 1);
}

// For machines; nothing of ours reads it back.
protocol::RawJson data_of(const analysis::Finding& finding) {
  protocol::RawJson data;
  protocol::JsonWriter writer(data.text);
  writer.begin_object();
  writer.field("rule", finding.rule->name);
  writer.field("confidence", finding.confidence == analysis::Confidence::definite ? "definite" : "probable");
  if (!finding.origin.empty()) writer.field("origin", finding.origin);
  writer.field("fixable", finding.fixable);
  writer.end_object();
  return data;
}

void add_tag(analysis::Mark mark, const protocol::ClientCapabilities::Diagnostics& can, protocol::Diagnostic& out) {
  if (mark == analysis::Mark::unnecessary && can.tag_unnecessary)
    out.tags.push_back(protocol::DiagnosticTag::Unnecessary);
  if (mark == analysis::Mark::deprecated && can.tag_deprecated) out.tags.push_back(protocol::DiagnosticTag::Deprecated);
}

}  // namespace

protocol::Diagnostic to_diagnostic(const analysis::Finding& finding, const ClientText& text, const Client& client,
                                   const NotePlaces& elsewhere) {
  const auto& can = client.diagnostics();
  protocol::Diagnostic out;
  if (const auto place = text.location(finding.range)) out.range = place->range;
  out.severity = severity_of(finding);
  out.code = finding.rule->code;
  out.source = "awaitd";
  out.message = finding.message;
  add_tag(finding.rule->mark, can, out);
  if (can.code_description) out.code_description = std::string(kRulePages) + std::string(finding.rule->name);
  if (can.data) out.data = data_of(finding);
  if (!can.related_information) return out;
  for (const analysis::Note& note : finding.notes) {
    if (note.file.empty()) {
      if (const auto place = text.location(note.range)) out.related_information.push_back({*place, note.text});
    } else if (const auto found = elsewhere.find({note.file, note.range.start, note.range.end});
               found != elsewhere.end()) {
      out.related_information.push_back({found->second, note.text});
    }
  }
  return out;
}

}  // namespace awaitd::server
