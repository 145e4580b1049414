// Log lines with a level: to stderr (never stdout, which belongs to the protocol) and, through the session, to the
// client. Thread-safe. The sink is called under the lock, one line at a time.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace awaitd::server {

enum class Level : std::uint8_t { error, warning, info, debug };

std::optional<Level> level_from(std::string_view name);  // "error", "warning" (or "warn"), "info", "debug"
std::string_view level_name(Level level);

class Log {
 public:
  using Sink = std::function<void(Level, std::string_view)>;
  // No sink: lines go to stderr.
  explicit Log(Level threshold = Level::warning, Sink sink = {});
  void set_threshold(Level level) { threshold_.store(level, std::memory_order_relaxed); }
  Level threshold() const { return threshold_.load(std::memory_order_relaxed); }
  bool enabled(Level level) const { return level <= threshold_.load(std::memory_order_relaxed); }
  void write(Level level, std::string_view line);

 private:
  std::atomic<Level> threshold_;
  std::mutex mutex_;
  Sink sink_;
};

}  // namespace awaitd::server
