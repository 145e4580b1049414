// bench_lsp AWAITD FILE.py [--keys N] [--seed N] [--starts N] [--opens N] [--think MS] [--kind NAME]: measures the
// server through its pipes and the bare parsing of the same keystrokes, and prints one JSON object. tools/bench runs
// it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tests/bench/edits.h"
#include "tests/bench/lsp_client.h"
#include "tests/bench/reparse.h"

namespace {

using namespace awaitd::bench;

constexpr std::string_view kUri = "file:///tmp/awaitd-bench/module.py";
constexpr const char* kInitialize =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{)"
    R"("textDocument":{"publishDiagnostics":{"relatedInformation":true,"versionSupport":true,"codeDescriptionSupport":true,)"
    R"("dataSupport":true,"tagSupport":{"valueSet":[1,2]}},"codeAction":{"codeActionLiteralSupport":{"codeActionKind":)"
    R"({"valueSet":["quickfix"]}},"dataSupport":true,"resolveSupport":{"properties":["edit"]}}}}}})";

struct Options {
  std::string server, file;
  std::size_t keys = 400, starts = 10, opens = 5;
  unsigned seed = 1, think_ms = 0;
  std::string kind;  // empty: all
};

std::string summary(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](double p) {
    return times.empty() ? 0.0 : times[static_cast<std::size_t>(p * double(times.size() - 1) + .5)];
  };
  char out[200];
  std::snprintf(out, sizeof out, R"({"n":%zu,"p50":%.1f,"p95":%.1f,"p99":%.1f,"max":%.1f})", times.size(), at(.5),
                at(.95), at(.99), at(1));
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

std::string position(Point p) {
  return R"({"line":)" + std::to_string(p.line) + R"(,"character":)" + std::to_string(p.column) + "}";
}

// One server with the file open.
class OpenServer {
 public:
  OpenServer(const Options& options, const std::string& text) : client({options.server}) {
    client.send(kInitialize);
    initialize_us = client.receive_with(R"("id":0)").at - client.started_at();
    client.send(R"({"jsonrpc":"2.0","method":"initialized","params":{}})");
    // An answer to a request means that everything before it was handled.
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"bench/unknown"})");
    client.receive_with(R"("id":1)");
    base_mb = client.resident_mb();
    own_mb = -client.private_mb();
    const std::string open = R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":")" +
                             std::string(kUri) + R"(","languageId":"python","version":1,"text":)" + quoted(text) +
                             "}}}";
    const double start = client.send(open);
    const Received first = diagnostics();
    open_us = first.at - start;
    for (std::size_t at = 0; (at = first.body.find("\"range\":", at)) != std::string::npos; ++at) ++findings;
    open_mb = client.resident_mb();
    own_mb += client.private_mb();
  }
  double keystroke(const Keystroke& key) {
    ++version;
    const double start =
        client.send(R"({"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":")" +
                    std::string(kUri) + R"(","version":)" + std::to_string(version) +
                    R"(},"contentChanges":[{"range":{"start":)" + position(key.start_point) + R"(,"end":)" +
                    position(key.end_point) + R"(},"text":)" + quoted(key.text) + "}]}}");
    return diagnostics().at - start;
  }

  // A request that is refused at once: the way through pipes and threads and back, without any work.
  double ping() {
    const std::string id = std::to_string(1000 + ++pings);
    const double start = client.send(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"bench/unknown"})");
    return client.receive_with(R"("id":)" + id).at - start;
  }

  LspClient client;
  double initialize_us = 0, open_us = 0, base_mb = 0, open_mb = 0;
  double own_mb = 0;  // of open_mb - base_mb, without pages of the program itself
  std::size_t findings = 0;

 private:
  // Those of the newest version.
  Received diagnostics() { return client.receive_with(R"("version":)" + std::to_string(version) + ","); }
  int version = 1, pings = 0;
};

void print_kind(const Options& options, const std::string& kind, const std::string& text, const char* comma) {
  const std::vector<Keystroke> keys = keystrokes(kind, text, options.seed, options.keys);
  OpenServer server(options, text);
  std::vector<double> times;
  const double cpu = server.client.cpu_us();
  for (const Keystroke& key : keys) {
    if (options.think_ms > 0) ::usleep(options.think_ms * 1000);
    const double took = server.keystroke(key);
    if (!key.cleaning) times.push_back(took);
  }
  const double cpu_each = (server.client.cpu_us() - cpu) / static_cast<double>(keys.size());
  const double after = server.client.resident_mb();
  server.client.end();
  std::printf(" %s\n  \"%s\": {\"keystroke_us\": %s, \"cpu_us\": %.1f, \"resident_mb\": %.1f,\n", comma, kind.c_str(),
              summary(times).c_str(), cpu_each, after);
  std::printf("   \"bare_whole_us\": %s,\n", summary(reparse_whole(text, keys)).c_str());
  std::printf("   \"bare_chunks_us\": %s,\n", summary(reparse_chunks(text, keys)).c_str());
  std::printf("   \"analysis_us\": %s}", summary(analyse_all(text, keys)).c_str());
  std::fflush(stdout);
}

void print_all(const Options& options, const std::string& text) {
  std::vector<double> starts, opens, pings, base, open_mb, own_mb;
  std::size_t findings = 0;
  for (std::size_t i = 0; i < options.opens; ++i) {
    OpenServer server(options, text);
    opens.push_back(server.open_us);
    base.push_back(server.base_mb);
    open_mb.push_back(server.open_mb);
    own_mb.push_back(server.own_mb);
    findings = server.findings;
    for (int n = 0; n < 50; ++n) pings.push_back(server.ping());
    server.client.end();
  }
  for (std::size_t i = 0; i < options.starts; ++i) starts.push_back(OpenServer(options, "").initialize_us);
  std::printf("{\"file\": %s, \"bytes\": %zu, \"lines\": %td, \"findings\": %zu, \"seed\": %u, \"think_ms\": %u,\n",
              quoted(options.file).c_str(), text.size(), std::count(text.begin(), text.end(), '\n'), findings,
              options.seed, options.think_ms);
  std::printf(
      " \"initialize_us\": %s, \"open_us\": %s, \"ping_us\": %s,\n \"base_mb\": %.2f, \"open_mb\": %.2f, \"own_mb\": "
      "%.2f, \"kinds\": {",
      summary(starts).c_str(), summary(opens).c_str(), summary(pings).c_str(), median(base), median(open_mb),
      median(own_mb));
  const char* comma = "";
  for (const std::string& kind : kinds()) {
    if (!options.kind.empty() && options.kind != kind) continue;
    print_kind(options, kind, text, comma);
    comma = ",";
  }
  std::printf("}}\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  Options options;
  options.server = argv[1];
  options.file = argv[2];
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const auto number = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    if (name == "--keys") options.keys = number;
    if (name == "--seed") options.seed = number;
    if (name == "--starts") options.starts = number;
    if (name == "--opens") options.opens = number;
    if (name == "--think") options.think_ms = number;
    if (name == "--kind") options.kind = argv[i + 1];
  }
  std::ifstream in(options.file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  if (!in) return 2;
  print_all(options, all.str());
}
