// Invariant 3 through the whole server: after any edits, once settled, the client sees what a fresh open shows.
// Invariant 4 on the way: what is published always belongs to the newest version.
#include <gtest/gtest.h>

#include <random>

#include "lsp_client.h"

namespace awaitd::server {
namespace {

const std::string kUri = "file:///ws/a.py";

const char* const kProgram = R"(import time
import requests
from pathlib import Path


class Service:
    def __init__(self, path: Path):
        self.path = path

    async def load(self):
        text = self.path.read_text()
        time.sleep(1)  # before the call
        return requests.get("http://example.org/" + text)

    def helper(self):
        time.sleep(2)


async def main():
    s = "é😀"; time.sleep(3)
    with open("x") as f:
        data = f.read()
    await Service(Path("y")).load()
)";

// A session with its client's own copy of the text, in bytes (utf-8 positions).
struct Typist {
  Typist(unsigned threads, std::string start)
      : client({.threads = threads, .capabilities = utf8()}), text(std::move(start)) {
    client.initialize();
    client.open(kUri, text, version);
    shown = client.diagnostics();
  }
  static json utf8() {
    json out = full_capabilities();
    out["general"]["positionEncodings"] = {"utf-8"};
    return out;
  }
  json position(std::size_t offset) const {
    const std::size_t line_start = text.rfind('\n', offset == 0 ? std::string::npos : offset - 1);
    const std::size_t start = offset == 0 || line_start == std::string::npos ? 0 : line_start + 1;
    return {{"line", std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n')},
            {"character", offset - start}};
  }
  void edit(std::size_t from, std::size_t to, const std::string& inserted) {
    const json change = {{"range", {{"start", position(from)}, {"end", position(to)}}}, {"text", inserted}};
    text.replace(from, to - from, inserted);
    client.change(kUri, ++version, json::array({change}));
  }
  // Everything published until the newest version is there, and again after settling.
  json settled() {
    while (shown["version"] != version) shown = client.diagnostics();
    client.host.advance(kSettleAfter);
    client.host.advance(kSettleAfter);
    while (client.unread()) shown = client.diagnostics();
    EXPECT_EQ(shown["version"], version);
    return shown["diagnostics"];
  }

  LspClient client;
  std::string text;
  int version = 1;
  json shown;
};

// The start of a code point, so that a client could have sent it.
std::size_t snapped(const std::string& text, std::size_t offset) {
  while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) ++offset;
  return offset;
}

struct Settled : testing::TestWithParam<unsigned> {};

TEST_P(Settled, RandomEditsEndWhereAFreshOpenDoes) {
  const char* const pieces[] = {
      "(", ")", "\"\"\"", "'", "\n", "    ",          "async ", "await ", "def g():\n", "time.sleep(1)\n",
      "x", ":", "\\",     "#", "😀", "import time\n", "return", "[",      "]",          "time = 3\n"};
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Typist typist(GetParam(), kProgram);
    for (int round = 0; round < 6; ++round) {
      for (int step = 0; step < 8; ++step) {
        const std::size_t from = snapped(typist.text, random() % (typist.text.size() + 1));
        const std::size_t to =
            random() % 3 ? from : snapped(typist.text, std::min(typist.text.size(), from + random() % 20));
        typist.edit(from, to, random() % 4 ? pieces[random() % std::size(pieces)] : "");
      }
      Typist again(0, typist.text);
      ASSERT_EQ(typist.settled(), again.shown["diagnostics"]) << typist.text;
    }
  }
}

TEST_P(Settled, TypingAStatementNeverLosesTheOthers) {
  Typist typist(GetParam(), kProgram);
  const std::size_t before = typist.settled().size();
  ASSERT_GE(before, 3U);
  const std::string statement = "    items = [time.sleep(4), {'a': \"b\"}]\n";
  std::size_t at = typist.text.find("    await Service");
  ASSERT_NE(at, std::string::npos);
  for (const char c : statement) {
    typist.edit(at, at, std::string(1, c));
    ++at;
    while (typist.shown["version"] != typist.version) typist.shown = typist.client.diagnostics();
    EXPECT_GE(typist.shown["diagnostics"].size(), before) << typist.text.substr(at - 20, 20);
  }
  EXPECT_EQ(typist.settled().size(), before + 1);
}

INSTANTIATE_TEST_SUITE_P(Threads, Settled, testing::Values(0U, 2U));

}  // namespace
}  // namespace awaitd::server
