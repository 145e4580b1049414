// --with under random treatment: whatever the other servers do, every request of the client's gets exactly one answer,
// nobody hears an answer to what it did not ask, and in the end everybody has the client's text.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "with_harness.h"

namespace awaitd::server::with {
namespace {

constexpr int kOthers = 2;

class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed), client_(capabilities(), kOthers) {
    client_.initialize(theirs());
    client_.open(text_, version_);
    check();
  }

  void step() {
    switch (upto(9)) {
      case 0:
      case 1:
        return edit();
      case 2:
      case 3:
        return ask();
      case 4:
        return cancel();
      case 5:
        return call(other());
      case 6:
        return publish(other());
      case 7:
        return upto(9) == 0 ? client_.other(other()).die() : answer(other());
      case 8:
        return client_.host.advance(std::chrono::milliseconds(upto(700)));
      default:
        return answer(other());
    }
  }

  void check() {
    for (int i = 0; i < kOthers; ++i) take_requests(i);
    look_at_client();
  }

  // Everybody comes back and answers what it was asked.
  void settle() {
    for (int round = 0; round < 20; ++round) {
      client_.host.advance(std::chrono::seconds(20));
      for (int i = 0; i < kOthers; ++i) {
        take_requests(i);
        while (!asked_[i].empty()) answer(i);
      }
    }
    look_at_client();
    EXPECT_TRUE(open_.empty()) << open_.size() << " requests were never answered";
    for (int i = 0; i < kOthers; ++i) {
      if (alive(i)) {
        EXPECT_EQ(texts_[i], text_) << "server " << i;
      }
    }
  }

 private:
  static json capabilities() {
    json out = full_capabilities();
    out["textDocument"]["publishDiagnostics"]["versionSupport"] = true;
    return out;
  }
  static json theirs() {
    return {
        {"textDocumentSync", 1}, {"hoverProvider", true}, {"completionProvider", true}, {"codeActionProvider", true}};
  }
  int upto(int n) { return std::uniform_int_distribution<int>(0, n)(random_); }
  int other() { return upto(kOthers - 1); }
  bool alive(int i) { return client_.other(i).alive() && starts_[i] == client_.other(i).starts; }

  void edit() {
    const unsigned at = static_cast<unsigned>(upto(static_cast<int>(text_.size())));
    const std::string piece = upto(2) == 0 ? "\n" : "x";
    unsigned line = 0, column = 0;
    for (unsigned i = 0; i < at; ++i) text_[i] == '\n' ? (++line, column = 0) : ++column;
    text_.insert(at, piece);
    client_.change(++version_, json::array({LspClient::edit(line, column, line, column, piece)}));
  }

  void ask() {
    static const char* const kMethods[] = {"textDocument/hover", "textDocument/completion", "textDocument/codeAction"};
    const std::string method = kMethods[upto(2)];
    const json params = method == "textDocument/codeAction" ? LspClient::code_action(kUri, 0, 0) : place(0, 0);
    open_.insert(client_.send_request(method, params));
  }

  void cancel() {
    if (open_.empty()) return;
    client_.notify("$/cancelRequest", {{"id", *std::next(open_.begin(), upto(static_cast<int>(open_.size()) - 1))}});
  }

  void call(int i) {
    if (!alive(i)) return;
    const int id = ++calls_[i];
    expected_[i].insert(id);
    client_.other(i).call(id, "workspace/configuration", {{"items", json::array({{{"section", std::to_string(i)}}})}});
  }

  void publish(int i) {
    if (!alive(i)) return;
    client_.other(i).publish(kUri, version_ - upto(3), json::array({diagnostic(0, 0, 0, "m")}));
  }

  // Reads what server i was sent; a new life begins with nothing.
  void take_requests(int i) {
    Fake& fake = client_.other(i);
    if (starts_[i] != fake.starts) {
      starts_[i] = fake.starts;
      asked_[i].clear();
      texts_[i].clear();
      expected_[i].clear();
    }
    for (json& message : std::exchange(fake.inbox, {})) {
      const std::string method = message.value("method", "");
      if (method.empty()) {
        EXPECT_EQ(expected_[i].erase(message["id"].get<int>()), 1U) << "not asked: " << message;
        EXPECT_EQ(message["result"], json::array({i}));
      } else if (method == "textDocument/didOpen") {
        EXPECT_TRUE(texts_[i].empty()) << "opened twice";
        texts_[i] = message["params"]["textDocument"]["text"];
      } else if (method == "textDocument/didChange") {
        texts_[i] = message["params"]["contentChanges"][0]["text"];
      } else if (message.contains("id")) {
        asked_[i].push_back(std::move(message));
      }
    }
  }

  void answer(int i) {
    take_requests(i);
    if (asked_[i].empty() || !alive(i)) return;
    const auto one = asked_[i].begin() + upto(static_cast<int>(asked_[i].size()) - 1);
    const json request = *one;
    asked_[i].erase(one);
    if (request["method"] == "initialize") {
      client_.other(i).answer(request, {{"capabilities", theirs()}});
    } else if (upto(5) == 0) {
      client_.other(i).refuse(request, -32603, "bug");
    } else {
      client_.other(i).answer(request,
                              request["method"] == "textDocument/hover" ? json{{"contents", "x"}} : json::array());
    }
  }

  void look_at_client() {
    client_.host.drain();
    for (; !client_.host.sent.empty(); client_.host.sent.pop_front()) {
      const json message = json::parse(client_.host.sent.front());
      const std::string method = message.value("method", "");
      if (method.empty()) {
        EXPECT_EQ(open_.erase(message["id"].get<int>()), 1U) << "answered twice, or not asked: " << message;
      } else if (method == "workspace/configuration") {
        questions_.push_back(message);
      } else if (method == "textDocument/publishDiagnostics") {
        EXPECT_EQ(message["params"]["version"], version_);
      }
    }
    while (!questions_.empty() && upto(2) > 0) {
      const json question = questions_.back();
      questions_.pop_back();
      const json& section = question["params"]["items"][0]["section"];
      client_.send({{"id", question["id"]}, {"result", json::array({std::stoi(section.get<std::string>())})}});
    }
  }

  std::mt19937 random_;
  WithClient client_;
  std::string text_ = "one\ntwo\n";
  int version_ = 1;
  std::set<int> open_;  // requests without an answer
  std::vector<json> questions_;
  std::map<int, std::vector<json>> asked_;
  std::map<int, std::string> texts_;
  std::map<int, std::set<int>> expected_;  // answers to server i's own requests
  std::map<int, int> starts_, calls_;
};

TEST(WithChaos, EveryRequestGetsOneAnswerAndEveryServerTheText) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Chaos chaos(seed);
    for (int i = 0; i < 300; ++i) {
      chaos.step();
      chaos.check();
    }
    chaos.settle();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace awaitd::server::with
