#include "analysis/fixes/tab_stop.h"

namespace awaitd::analysis {
namespace {
constexpr char kStart = '\x01', kEnd = '\x02';  // no Python source holds them outside strings
}

std::string with_tab_stop(std::string_view text) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t from = 0;
  while (from < text.size() && !digit(text[from])) ++from;
  if (from == text.size()) return std::string(text);
  std::size_t to = from;
  while (to < text.size() && (digit(text[to]) || text[to] == '_' || text[to] == '.')) ++to;
  std::string out(text.substr(0, from));
  out += kStart;
  out += text.substr(from, to - from);
  out += kEnd;
  out += text.substr(to);
  return out;
}

bool has_tab_stop(const Fix& fix) {
  for (const FileEdits& file : fix.files) {
    for (const Edit& edit : file.edits) {
      if (edit.text.find(kStart) != std::string::npos) return true;
    }
  }
  return false;
}

void place_tab_stop(Fix& fix) {
  if (fix.files.empty()) return;
  bool placed = false;
  std::int64_t moved = 0;  // by the edits before
  for (Edit& edit : fix.files.front().edits) {
    std::size_t start = edit.text.find(kStart), end = edit.text.find(kEnd);
    if (start != std::string::npos && end != std::string::npos && !placed) {
      std::int64_t base = static_cast<std::int64_t>(edit.range.start) + moved;
      fix.tab_stop = {static_cast<std::uint32_t>(base + static_cast<std::int64_t>(start)),
                      static_cast<std::uint32_t>(base + static_cast<std::int64_t>(end) - 1)};
      placed = true;
    }
    std::erase_if(edit.text, [](char c) { return c == kStart || c == kEnd; });
    moved += static_cast<std::int64_t>(edit.text.size()) - (edit.range.end - edit.range.start);
  }
}

}  // namespace awaitd::analysis
