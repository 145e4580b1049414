// What an edit costs: text, parse and flatten of one inserted character in a word, and the memory of an open document.
// bench_syntax FILE.py [EDITS]. Not run by the tests; take ratios.
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "analysis/syntax/parse.h"

namespace {

using namespace awaitd::analysis;
// CPU time of this thread in us: other load on the machine shows less.
double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

double heap_mb() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

void report(const char* what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](double p) { return times[static_cast<std::size_t>(p * static_cast<double>(times.size() - 1))]; };
  std::printf("%-22s p50 %8.1f  p95 %8.1f  p99 %8.1f  max %8.1f us\n", what, at(.5), at(.95), at(.99), at(1));
}

struct Row {
  Document document;
  std::vector<ChunkSyntaxPtr> syntax;
};

Row open(Parser& parser, const std::string& text) {
  Row row{Document(text), {}};
  for (const ChunkPtr& chunk : row.document.chunks()) row.syntax.push_back(parser.parse(chunk, nullptr, {}));
  return row;
}

// Chunks equal from the front and from the back keep their syntax.
std::vector<ChunkSyntaxPtr> update(Parser& parser, const Row& row, const Document& next, bool provisional) {
  const auto& before = row.document.chunks();
  const auto& after = next.chunks();
  const std::size_t limit = std::min(before.size(), after.size());
  std::size_t front = 0, back = 0;
  while (front < limit && before[front] == after[front]) ++front;
  while (back < limit - front && before[before.size() - 1 - back] == after[after.size() - 1 - back]) ++back;
  std::vector<ChunkSyntaxPtr> out(row.syntax.begin(), row.syntax.begin() + static_cast<std::ptrdiff_t>(front));
  for (std::size_t i = front; i + back < after.size(); ++i) {
    out.push_back(parser.parse(after[i], row.syntax[std::min(i, row.syntax.size() - 1)], {.provisional = provisional}));
  }
  out.insert(out.end(), row.syntax.end() - static_cast<std::ptrdiff_t>(back), row.syntax.end());
  return out;
}

std::uint32_t place_in_word(const std::string& text, std::mt19937& random) {
  for (;;) {
    const std::size_t at = 1 + random() % (text.size() - 2);
    if (std::isalpha(static_cast<unsigned char>(text[at])) && std::isalpha(static_cast<unsigned char>(text[at - 1]))) {
      return static_cast<std::uint32_t>(at);
    }
  }
}

void edits(Parser& parser, const Row& row, const std::string& text, const char* inserted, int count,
           bool provisional = false) {
  std::mt19937 random(1);
  std::vector<double> scan, parse, sum;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t at = place_in_word(text, random);
    const double start = now();
    const Document next = row.document.edited(at, at, inserted);
    scan.push_back(now() - start);
    const auto syntax = update(parser, row, next, provisional);
    sum.push_back(now() - start);
    parse.push_back(sum.back() - scan.back());
  }
  std::printf("insert %s in a word%s\n", inserted, provisional ? " (provisional)" : "");
  report("  text and cuts", scan);
  report("  parse and flatten", parse);
  report("  sum", sum);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::ifstream in(argv[1], std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const int count = argc > 2 ? std::atoi(argv[2]) : 500;
  Parser parser;
  const double base = heap_mb();
  const double scan = now();
  std::uint32_t lines = 0;
  for (int i = 0; i < 20; ++i) lines += Document(std::string_view(text)).line_count();
  std::printf("Document(text) of %u lines: %.2f GB/s\n", lines / 20,
              20.0 * static_cast<double>(text.size()) / 1e3 / (now() - scan));
  const double start = now();
  Row row = open(parser, text);
  const double opened = now() - start;
  std::size_t nodes = 0, units = 0, largest = 0;
  for (const auto& syntax : row.syntax) {
    nodes += syntax->skeleton.unit->nodes.size();
    for (const auto& placed : syntax->functions) nodes += placed.unit->nodes.size();
    units += syntax->functions.size();
    largest = std::max(largest, syntax->chunk->text.size());
  }
  std::printf("%u lines, %zu bytes, %zu chunks (largest %zu), %zu functions, %zu nodes\n", row.document.line_count(),
              text.size(), row.syntax.size(), largest, units, nodes);
  std::printf("open %.0f us; heap %.1f MB with trees", opened, heap_mb() - base);
  std::vector<ChunkSyntaxPtr> bare;
  for (const auto& syntax : row.syntax) bare.push_back(Parser::without_tree(syntax));
  Row without{row.document, bare};
  row.syntax.clear();
  std::printf(", %.1f MB without (nodes %.1f)\n", heap_mb() - base, static_cast<double>(nodes * sizeof(Node)) / 1e6);
  row = open(parser, text);
  edits(parser, row, text, "x", count);
  edits(parser, row, text, "(", count);
  edits(parser, row, text, "(", count, true);
  edits(parser, row, text, "\"", count);
  edits(parser, row, text, "\"", count, true);
  edits(parser, row, text, "'''", count / 10 + 1);
  std::printf("without trees:\n");
  edits(parser, without, text, "x", count);
}
