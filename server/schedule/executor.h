// Where jobs run: the pool, or in tests something that runs them when told to.
#pragma once
#include <cstdint>
#include <functional>

#include "analysis/syntax/parse.h"

namespace awaitd::server {

enum class Priority : std::uint8_t { request, analysis, background };

class Executor {
 public:
  using Job = std::function<void(analysis::Parser&)>;
  virtual ~Executor() = default;
  virtual void submit(Priority priority, Job job) = 0;  // any thread
};

}  // namespace awaitd::server
