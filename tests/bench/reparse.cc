#include "tests/bench/reparse.h"

#include <tree_sitter/api.h>

#include <memory>

#include "analysis/engine.h"
#include "analysis/syntax/parse.h"
#include "tests/bench/lsp_client.h"

extern "C" const TSLanguage* tree_sitter_python();

namespace awaitd::bench {

using analysis::ChunkSyntaxPtr;
using analysis::Document;

std::vector<double> reparse_whole(const std::string& original, const std::vector<Keystroke>& keys) {
  const std::unique_ptr<TSParser, void (*)(TSParser*)> parser(ts_parser_new(), ts_parser_delete);
  ts_parser_set_language(parser.get(), tree_sitter_python());
  std::string text = original;
  const auto parse = [&](const TSTree* old) {
    return ts_parser_parse_string(parser.get(), old, text.data(), static_cast<std::uint32_t>(text.size()));
  };
  TSTree* tree = parse(nullptr);
  std::vector<double> out;
  for (const Keystroke& key : keys) {
    apply(text, key);
    const TSInputEdit edit{key.start,
                           key.end,
                           key.start + static_cast<std::uint32_t>(key.text.size()),
                           {key.start_point.line, key.start_point.column},
                           {key.end_point.line, key.end_point.column},
                           {key.new_end.line, key.new_end.column}};
    const double start = now_us();
    ts_tree_edit(tree, &edit);
    TSTree* next = parse(tree);
    const double end = now_us();
    ts_tree_delete(tree);
    tree = next;
    if (!key.cleaning) out.push_back(end - start);
  }
  ts_tree_delete(tree);
  return out;
}

std::vector<double> reparse_chunks(const std::string& text, const std::vector<Keystroke>& keys) {
  analysis::Parser parser;
  Document document(text);
  std::vector<ChunkSyntaxPtr> row;
  for (const auto& chunk : document.chunks()) row.push_back(parser.parse(chunk, nullptr, {}));
  std::vector<double> out;
  for (const Keystroke& key : keys) {
    const double start = now_us();
    Document next = document.edited(key.start, key.end, key.text);
    const auto& before = document.chunks();
    const auto& after = next.chunks();
    const std::size_t limit = std::min(before.size(), after.size());
    std::size_t front = 0, back = 0;
    while (front < limit && before[front] == after[front]) ++front;
    while (back < limit - front && before[before.size() - 1 - back] == after[after.size() - 1 - back]) ++back;
    std::vector<ChunkSyntaxPtr> syntax(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(front));
    for (std::size_t i = front; i + back < after.size(); ++i) {
      syntax.push_back(parser.parse(after[i], i < row.size() - back ? row[i] : nullptr, {}));
    }
    syntax.insert(syntax.end(), row.end() - static_cast<std::ptrdiff_t>(back), row.end());
    const double end = now_us();
    row = std::move(syntax);
    document = std::move(next);
    if (!key.cleaning) out.push_back(end - start);
  }
  return out;
}

std::vector<double> analyse_all(const std::string& text, const std::vector<Keystroke>& keys) {
  analysis::Parser parser;
  const auto options = std::make_shared<const analysis::Options>();
  const analysis::ParseBudget budget{analysis::kInteractiveCallbacks};
  Document document(text);
  analysis::AnalysisPtr analysis = analysis::analyse(document, {}, nullptr, options, parser, budget);
  std::vector<double> out;
  for (const Keystroke& key : keys) {
    const double start = now_us();
    document = document.edited(key.start, key.end, key.text);
    analysis = analysis::analyse(document, {}, analysis, options, parser, budget);
    const double end = now_us();
    if (!key.cleaning) out.push_back(end - start);
  }
  return out;
}

}  // namespace awaitd::bench
