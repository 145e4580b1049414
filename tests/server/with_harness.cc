#include "with_harness.h"

#include <gtest/gtest.h>

namespace awaitd::server::with {

namespace {

class FakeLink final : public Link {
 public:
  explicit FakeLink(std::shared_ptr<Fake> fake)
      : fake_(std::move(fake)), alive_(std::make_shared<std::atomic<bool>>(true)) {
    fake_->link = alive_;
  }
  ~FakeLink() override { *alive_ = false; }
  void send(std::string_view body) override { fake_->inbox.push_back(json::parse(body)); }
  std::size_t waiting() const override { return fake_->waiting; }
  void hang_up() override {}

 private:
  std::shared_ptr<Fake> fake_;
  std::shared_ptr<std::atomic<bool>> alive_;
};

json take(std::deque<json>& inbox, const std::function<bool(const json&)>& wanted, const std::string& what) {
  for (auto it = inbox.begin(); it != inbox.end(); ++it) {
    if (!wanted(*it)) continue;
    json out = std::move(*it);
    inbox.erase(it);
    return out;
  }
  ADD_FAILURE() << "no " << what << " among " << json(inbox).dump();
  return json::object();
}

bool is_answer(const json& message, const json& id) { return !message.contains("method") && message.at("id") == id; }

// Each names its number, for who starts it.
std::vector<CommandLine> commands(int count) {
  std::vector<CommandLine> out;
  for (int i = 0; i < count; ++i) out.push_back({{"other", std::to_string(i)}, "other"});
  return out;
}

}  // namespace

bool Fake::got(const std::string& method) const {
  return std::any_of(inbox.begin(), inbox.end(), [&](const json& m) { return m.value("method", "") == method; });
}

json Fake::next(const std::string& method) {
  return take(inbox, [&](const json& m) { return m.value("method", "") == method; }, method);
}

json Fake::answered(const json& id) {
  return take(inbox, [&](const json& m) { return is_answer(m, id); }, "answer to " + id.dump());
}

void Fake::say(json message) {
  message["jsonrpc"] = "2.0";
  events.on_message(protocol::parse_message(message.dump()));
  settle();
}

void Fake::answer(const json& request, const json& result) { say({{"id", request.at("id")}, {"result", result}}); }
void Fake::refuse(const json& request, int code, const std::string& message) {
  say({{"id", request.at("id")}, {"error", {{"code", code}, {"message", message}}}});
}
void Fake::call(const json& id, const std::string& method, const json& params) {
  say({{"id", id}, {"method", method}, {"params", params}});
}
void Fake::notify(const std::string& method, const json& params) { say({{"method", method}, {"params", params}}); }
void Fake::publish(const std::string& uri, const json& version, const json& diagnostics) {
  json params = {{"uri", uri}, {"diagnostics", diagnostics}};
  if (!version.is_null()) params["version"] = version;
  notify("textDocument/publishDiagnostics", params);
}
void Fake::die(const std::string& how) {
  events.on_end(how);
  settle();
}

WithClient::WithClient(json client_capabilities, int others)
    : capabilities(std::move(client_capabilities)),
      log(Level::info, [this](Level, std::string_view line) { logged.append(line).append("\n"); }),
      pool_(0),
      router(host, log, commands(others),
             [this](const CommandLine& command, Link::Events events, std::string& problem) -> std::unique_ptr<Link> {
               const std::shared_ptr<Fake> fake = fakes_[std::stoul(command.words[1])];
               problem = fake->problem;
               if (!problem.empty()) return nullptr;
               ++fake->starts;
               fake->waiting = 0;
               fake->events = std::move(events);
               fake->inbox.clear();
               return std::make_unique<FakeLink>(fake);
             }),
      session(router, pool_, log) {
  for (int i = 0; i < others; ++i) {
    fakes_.push_back(std::make_shared<Fake>());
    fakes_.back()->settle = [this] { host.drain(); };
  }
  router.attach([this](protocol::Message message) { session.receive(std::move(message)); });
}

WithClient::~WithClient() {
  pool_.stop();
  host.drain();
}

void WithClient::collect() {
  host.drain();
  for (; !host.sent.empty(); host.sent.pop_front()) inbox_.push_back(json::parse(host.sent.front()));
}

void WithClient::send(json message) {
  message["jsonrpc"] = "2.0";
  router.receive(protocol::parse_message(message.dump()));
  host.drain();
}

int WithClient::send_request(const std::string& method, const json& request_params) {
  json message = {{"id", next_id_}, {"method", method}};
  if (!request_params.is_null()) message["params"] = request_params;
  send(std::move(message));
  return next_id_++;
}

void WithClient::notify(const std::string& method, const json& notification_params) {
  json message = {{"method", method}};
  if (!notification_params.is_null()) message["params"] = notification_params;
  send(std::move(message));
}

json WithClient::initialize(const json& theirs) {
  json all = {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", capabilities}};
  if (params.is_object()) all.update(params);
  const int id = send_request("initialize", all);
  for (const auto& fake : fakes_) {
    if (fake->alive()) fake->answer(fake->next("initialize"), {{"capabilities", theirs}});
  }
  const json answer = result(id);
  notify("initialized", json::object());
  return answer;
}

bool WithClient::answered(const json& id) {
  collect();
  return std::any_of(inbox_.begin(), inbox_.end(), [&](const json& m) { return is_answer(m, id); });
}

json WithClient::response(const json& id) {
  collect();
  return take(inbox_, [&](const json& m) { return is_answer(m, id); }, "answer to " + id.dump());
}

bool WithClient::got(const std::string& method) {
  collect();
  return std::any_of(inbox_.begin(), inbox_.end(), [&](const json& m) { return m.value("method", "") == method; });
}

json WithClient::next(const std::string& method) {
  collect();
  return take(inbox_, [&](const json& m) { return m.value("method", "") == method; }, method);
}

json WithClient::last_diagnostics() {
  json out = diagnostics();
  while (got("textDocument/publishDiagnostics")) out = diagnostics();
  return out;
}

void WithClient::open(const std::string& text, int version) {
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", kUri}, {"languageId", "python"}, {"version", version}, {"text", text}}}});
}

void WithClient::change(int version, const json& changes) {
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", kUri}, {"version", version}}}, {"contentChanges", changes}});
}

std::string blocking_text() { return "import time\n\n\nasync def f():\n    s = \"\xF0\x9F\x98\x80\"; time.sleep(1)\n"; }

json diagnostic(unsigned line, unsigned from, unsigned to, const std::string& message) {
  return {{"range", {{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", line}, {"character", to}}}}},
          {"severity", 1},
          {"message", message}};
}

json place(unsigned line, unsigned character) { return LspClient::place(kUri, line, character); }

}  // namespace awaitd::server::with
