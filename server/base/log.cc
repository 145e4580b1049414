#include "server/base/log.h"

#include <cstdio>

namespace awaitd::server {

std::optional<Level> level_from(std::string_view name) {
  if (name == "error") return Level::error;
  if (name == "warning" || name == "warn") return Level::warning;
  if (name == "info") return Level::info;
  if (name == "debug") return Level::debug;
  return std::nullopt;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::info:
      return "info";
    case Level::debug:
      return "debug";
  }
  return "info";
}

Log::Log(Level threshold, Sink sink) : threshold_(threshold), sink_(std::move(sink)) {}

void Log::write(Level level, std::string_view line) {
  if (!enabled(level)) return;
  std::lock_guard lock(mutex_);
  if (sink_) return sink_(level, line);
  const std::string_view name = level_name(level);
  std::fprintf(stderr, "awaitd %.*s: %.*s\n", int(name.size()), name.data(), int(line.size()), line.data());
}

}  // namespace awaitd::server
