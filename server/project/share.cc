#include "server/project/share.h"

namespace awaitd::server {

Shared share(const Surroundings& around, const analysis::Analysis& analysis, bool anew) {
  Shared out;
  if (!around.project) return out;
  if (anew) around.project->forget(around.file.path);
  out.replaced = around.project->set_open(analysis::module_index(analysis)) || anew;
  out.noticed = out.replaced;
  for (const analysis::Finding& finding : analysis::findings(analysis)) {
    for (const analysis::Note& note : finding.notes) {
      if (note.file.empty() || out.elsewhere.count(note.file) > 0 || around.texts->is_open(note.file)) continue;
      out.elsewhere[note.file] = around.texts->document(note.file);
    }
  }
  return out;
}

}  // namespace awaitd::server
