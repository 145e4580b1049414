#include "analysis/syntax/function_edit.h"

#include <algorithm>

namespace awaitd::analysis {
namespace {

constexpr std::string_view kHeader = "if 1:\n";  // gives the function the indentation that it has in its class

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t line_end(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

std::string_view indentation(std::string_view line) {
  std::size_t size = 0;
  while (size < line.size() && is_blank(line[size])) ++size;
  return line.substr(0, size);
}

bool is_comment(std::string_view line) {
  const std::size_t first = indentation(line).size();
  return first < line.size() && line[first] == '#';
}

bool free_of_errors(const ChunkSyntax& syntax) {
  auto broken = [](const PlacedUnit& placed) { return placed.unit->has_error; };
  return syntax.complete && !syntax.provisional && !syntax.skeleton.unit->has_error &&
         std::none_of(syntax.functions.begin(), syntax.functions.end(), broken);
}

// Where the grammar counts a comment to depends on the lines around it: inside a function it has to stand deeper than
// the def, and not at the end.
bool comments_stay_inside(std::string_view function, std::string_view indent) {
  for (std::size_t at = line_end(function, 0); at < function.size(); at = line_end(function, at)) {
    ++at;
    const std::string_view line = function.substr(at, line_end(function, at) - at);
    if (!is_comment(line)) continue;
    const std::string_view own = indentation(line);
    if (own.size() <= indent.size() || !own.starts_with(indent) || at + line.size() == function.size()) return false;
  }
  return true;
}

// What follows the function: the end of its line, then something that stands no deeper than the def.
bool ends_here(std::string_view rest, std::string_view indent) {
  std::size_t at = 0;
  while (at < rest.size() && is_blank(rest[at])) ++at;
  if (at < rest.size() && rest[at] != '\n' && rest.substr(at, 2) != "\r\n") return false;
  for (at = line_end(rest, at); at < rest.size(); at = line_end(rest, at)) {
    ++at;
    std::string_view line = rest.substr(at, line_end(rest, at) - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (indentation(line).size() == line.size()) continue;
    return !is_comment(line) || indent.starts_with(indentation(line));
  }
  return true;
}

}  // namespace

std::optional<FunctionEdit> edited_function(const ChunkSyntax& old, std::string_view text, Common same) {
  const auto& functions = old.functions;
  auto behind = std::partition_point(functions.begin(), functions.end(),
                                     [&](const PlacedUnit& placed) { return placed.start < same.prefix; });
  if (behind == functions.begin()) return std::nullopt;
  const PlacedUnit& placed = *(behind - 1);
  const std::size_t old_size = old.chunk->text.size(), old_end = placed.start + placed.unit->text.size();
  if (old_size - same.suffix > old_end || !free_of_errors(old)) return std::nullopt;
  const std::string_view indent = text.substr(placed.start - placed.indent, placed.indent);
  const std::size_t line = placed.start - placed.indent;
  if (line > 0 && text[line - 1] != '\n') return std::nullopt;
  if (!std::all_of(indent.begin(), indent.end(), is_blank)) return std::nullopt;
  const std::size_t rest = text.size() - (old_size - old_end);
  if (rest <= placed.start) return std::nullopt;
  const std::string_view function = text.substr(placed.start, rest - placed.start);
  if (function.ends_with('\\') || !comments_stay_inside(function, indent) || !ends_here(text.substr(rest), indent)) {
    return std::nullopt;
  }
  FunctionEdit edit;
  edit.function = static_cast<std::size_t>(behind - functions.begin()) - 1;
  edit.size = static_cast<std::uint32_t>(function.size());
  if (!indent.empty()) edit.snippet.append(kHeader).append(indent);
  edit.start = static_cast<std::uint32_t>(edit.snippet.size());
  edit.snippet.append(function).append("\n");
  return edit;
}

std::shared_ptr<ChunkSyntax> with_function(const ChunkSyntax& old, const ChunkPtr& chunk, const FunctionEdit& edit,
                                           std::shared_ptr<const Unit> unit) {
  auto result = std::make_shared<ChunkSyntax>(old);
  result->chunk = chunk;
  result->tree = nullptr;
  result->settled = nullptr;
  result->work = {};
  const std::uint32_t moved = edit.size - static_cast<std::uint32_t>(old.functions[edit.function].unit->text.size());
  result->gaps[edit.function].removed += moved;  // may wrap around
  result->functions[edit.function].unit = std::move(unit);
  for (std::size_t f = edit.function + 1; f < result->functions.size(); ++f) result->functions[f].start += moved;
  return result;
}

}  // namespace awaitd::analysis
