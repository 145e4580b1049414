// libFuzzer: a text and edits of it; the edited document and its syntax must equal fresh ones.
// Input: bytes up to the first 0xfe are the text; then edits of (place, place, length, bytes of replacement).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "analysis/syntax/parse.h"
#include "tests/analysis/syntax/syntax_text.h"

namespace {

using namespace awaitd::analysis;

void check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

struct Input {
  const std::uint8_t* data;
  std::size_t size;
  std::uint8_t next() { return size ? (--size, *data++) : 0; }
};

void compare(Parser& parser, const Document& document, const std::vector<ChunkSyntaxPtr>& row,
             const std::string& text) {
  const Document fresh(text);
  check(document.text() == text, "text");
  check(document.chunks().size() == fresh.chunks().size(), "number of chunks");
  for (std::size_t i = 0; i < row.size(); ++i) {
    check(document.chunks()[i]->text == fresh.chunks()[i]->text, "chunk");
    check(problems(*row[i]).empty(), "syntax");
    check(everything(*row[i]) == everything(*parser.parse(fresh.chunks()[i], nullptr, {})), "incremental != fresh");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  static Parser parser, other;
  Input input{data, size};
  std::string text;
  while (input.size) {
    const std::uint8_t byte = input.next();
    if (byte == 0xfe) break;
    text += static_cast<char>(byte);
  }
  Document document(text);
  std::vector<ChunkSyntaxPtr> row;
  for (const ChunkPtr& chunk : document.chunks()) row.push_back(parser.parse(chunk, nullptr, {}));
  for (int i = 0; i < 8 && input.size; ++i) {
    const std::uint32_t at = (input.next() * 256u + input.next()) % (static_cast<std::uint32_t>(text.size()) + 1);
    const std::uint32_t length =
        std::min<std::uint32_t>(input.next() % 32, static_cast<std::uint32_t>(text.size()) - at);
    std::string replacement;
    for (std::uint8_t n = input.next() % 16; n > 0; --n) replacement += static_cast<char>(input.next());
    text.replace(at, length, replacement);
    const std::size_t edited = document.chunk_at(at);
    document = document.edited(at, at + length, replacement);
    std::vector<ChunkSyntaxPtr> next;
    for (const ChunkPtr& chunk : document.chunks()) {
      ChunkSyntaxPtr old = row[std::min(edited, row.size() - 1)];
      for (const ChunkSyntaxPtr& known : row) {
        if (known->chunk == chunk) old = known;
      }
      next.push_back(parser.parse(chunk, old, {}));
    }
    row = std::move(next);
    compare(other, document, row, text);
  }
  return 0;
}
