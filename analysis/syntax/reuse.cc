#include "analysis/syntax/reuse.h"

#include <algorithm>
#include <cstring>

namespace awaitd::analysis {
namespace {

std::shared_ptr<const Unit> marked_incomplete(const Unit& unit) {
  auto copy = std::make_shared<Unit>(unit);
  copy->incomplete = true;
  return copy;
}

}  // namespace

std::string_view with_newlines(std::string_view text, std::string& buffer) {
  bool copied = false;
  for (std::size_t i = text.find('\r'); i != std::string_view::npos; i = text.find('\r', i + 1)) {
    if (i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (!copied) buffer = text;
    copied = true;
    buffer[i] = '\n';
  }
  return copied ? std::string_view(buffer) : text;
}

Common common(std::string_view a, std::string_view b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t prefix = 0;
  while (prefix + 64 <= limit && std::memcmp(a.data() + prefix, b.data() + prefix, 64) == 0) prefix += 64;
  while (prefix < limit && a[prefix] == b[prefix]) ++prefix;
  const std::size_t rest = limit - prefix;
  const char* a_end = a.data() + a.size();
  const char* b_end = b.data() + b.size();
  std::size_t suffix = 0;
  while (suffix + 64 <= rest && std::memcmp(a_end - suffix - 64, b_end - suffix - 64, 64) == 0) suffix += 64;
  while (suffix < rest &&
         a_end[-1 - static_cast<std::ptrdiff_t>(suffix)] == b_end[-1 - static_cast<std::ptrdiff_t>(suffix)])
    ++suffix;
  return {static_cast<std::uint32_t>(prefix), static_cast<std::uint32_t>(suffix)};
}

std::shared_ptr<const Unit> OldUnits::find(std::uint32_t start, std::string_view text) const {
  if (!old_) return nullptr;
  const std::size_t end = start + text.size();
  std::uint32_t old_start = start;
  if (end > same_.prefix) {
    if (start + same_.suffix < new_size_) return nullptr;
    old_start = static_cast<std::uint32_t>(start + old_->chunk->text.size() - new_size_);
  }
  const auto& functions = old_->functions;
  const auto it = std::lower_bound(functions.begin(), functions.end(), old_start,
                                   [](const PlacedUnit& unit, std::uint32_t at) { return unit.start < at; });
  if (it == functions.end() || it->start != old_start) return nullptr;
  return !it->unit->has_error && it->unit->text == text ? it->unit : nullptr;
}

bool same_skeleton(const Unit& old, const Unit& fresh) {
  static_assert(sizeof(Node) == 20, "no padding, so nodes compare as bytes");
  return !old.has_error && !fresh.has_error && old.text == fresh.text && old.nodes.size() == fresh.nodes.size() &&
         std::memcmp(old.nodes.data(), fresh.nodes.data(), old.nodes.size() * sizeof(Node)) == 0;
}

std::shared_ptr<ChunkSyntax> incomplete_syntax(const ChunkPtr& chunk, const ChunkSyntaxPtr& old) {
  auto result = old ? std::make_shared<ChunkSyntax>(*old) : std::make_shared<ChunkSyntax>();
  result->chunk = chunk;
  result->tree = nullptr;
  result->complete = false;
  result->settled = old;
  if (!old) {
    Unit unit;
    unit.text = chunk->text;
    unit.skeleton = true;
    unit.has_error = true;
    Node root;
    root.kind = Kind::module;
    root.end = static_cast<std::uint32_t>(unit.text.size());
    root.flags = kError | kHasError;
    unit.nodes.push_back(root);
    result->skeleton.unit = std::make_shared<Unit>(std::move(unit));
  }
  result->skeleton.unit = marked_incomplete(*result->skeleton.unit);
  for (PlacedUnit& placed : result->functions) placed.unit = marked_incomplete(*placed.unit);
  return result;
}

ChunkSyntaxPtr moved(const ChunkSyntaxPtr& old, const ChunkPtr& chunk) {
  if (old->chunk == chunk) return old;
  auto copy = std::make_shared<ChunkSyntax>(*old);
  copy->chunk = chunk;
  copy->work = {};
  return copy;
}

std::uint32_t ChunkSyntax::from_skeleton(std::uint32_t offset, bool is_end) const {
  std::uint32_t result = offset;
  for (const Gap& gap : gaps) {
    if (is_end ? gap.at > offset : gap.at >= offset) break;
    result += gap.removed;
  }
  return result;
}

ChunkSyntaxPtr Parser::without_tree(const ChunkSyntaxPtr& syntax) {
  if (!syntax || (!syntax->tree && !syntax->settled)) return syntax;
  auto copy = std::make_shared<ChunkSyntax>(*syntax);
  copy->tree = nullptr;
  copy->settled = without_tree(copy->settled);
  return copy;
}

}  // namespace awaitd::analysis
