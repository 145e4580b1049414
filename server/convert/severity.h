// The severity a finding is shown with: one lower where awaitd is not sure. Pure.
#pragma once
#include "analysis/finding.h"

namespace awaitd::server {

inline analysis::Severity shown_severity(const analysis::Finding& finding) {
  int level = static_cast<int>(finding.severity);  // 0 is an error
  if (finding.confidence == analysis::Confidence::probable && level < 3) ++level;
  return static_cast<analysis::Severity>(level);
}

}  // namespace awaitd::server
