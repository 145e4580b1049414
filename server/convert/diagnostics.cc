#include "server/convert/diagnostics.h"

#include "analysis/rules/rule.h"
#include "server/convert/coordinates.h"
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

}  // namespace

protocol::Diagnostic to_diagnostic(const analysis::Finding& finding, const analysis::Document& document,
                                   const std::string& uri, const Client& client, const NotePlaces& elsewhere) {
  const Coordinates at(document, client.encoding);
  protocol::Diagnostic out;
  out.range = at.range(finding.range);
  out.severity = severity_of(finding);
  out.code = finding.rule->code;
  out.source = "awaitd";
  out.message = finding.message;
  if (client.can.publish.code_description)
    out.code_description = std::string(kRulePages) + std::string(finding.rule->name);
  if (client.can.publish.data) out.data = data_of(finding);
  if (client.can.publish.related_information) {
    for (const analysis::Note& note : finding.notes) {
      if (note.file.empty()) {
        out.related_information.push_back({{uri, at.range(note.range)}, note.text});
      } else if (const auto found = elsewhere.find({note.file, note.range.start, note.range.end});
                 found != elsewhere.end()) {
        out.related_information.push_back({found->second, note.text});
      }
    }
  }
  return out;
}

}  // namespace awaitd::server
