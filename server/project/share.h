// What a finished analysis gives to the rest of its project, and takes from it: other modules see it, and the files its
// notes lead to are there to find positions in. Runs on the pool.
#pragma once
#include <map>
#include <string>

#include "server/documents/open_document.h"

namespace awaitd::server {

struct Shared {
  bool noticed = false;                                       // other modules may see something new
  bool replaced = false;                                      // they see this version now, and not an older one
  std::map<std::string, SourceTexts::DocumentPtr> elsewhere;  // by path, without open documents
};

// anew: show this version even if it looks the same.
Shared share(const Surroundings& around, const analysis::Analysis& analysis, bool anew);

}  // namespace awaitd::server
