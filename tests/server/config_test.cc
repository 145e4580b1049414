// Settings, the project's files, and the three doors of an editor's settings.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "analysis/knowledge/timeouts.h"
#include "analysis/rules/rule.h"
#include "lsp_client.h"
#include "protocol/uri.h"
#include "server/config/project_config.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;
using analysis::PythonVersion;
using Problems = std::vector<std::string>;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "awaitd-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
    fs::create_directory(path / ".git");  // nothing above is looked at
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  fs::path path;
};

TEST(Python, LowestVersionOfARequirement) {
  const auto lowest = [](const char* text) {
    const auto version = lowest_python(text);
    return version ? std::to_string(version->major) + "." + std::to_string(version->minor) : "none";
  };
  EXPECT_EQ(lowest("3.11"), "3.11");
  EXPECT_EQ(lowest(">=3.9"), "3.9");
  EXPECT_EQ(lowest(" >= 3.8 , < 4 "), "3.8");
  EXPECT_EQ(lowest(">=3.8,>=3.10"), "3.10");
  EXPECT_EQ(lowest("~=3.12.1"), "3.12");
  EXPECT_EQ(lowest("==3.10.*"), "3.10");
  EXPECT_EQ(lowest("^3.9"), "3.9");  // Poetry
  EXPECT_EQ(lowest(">3.8"), "3.8");
  EXPECT_EQ(lowest("py311"), "3.11");
  EXPECT_EQ(lowest(">=3"), "3.0");
  EXPECT_EQ(lowest("<4"), "none");
  EXPECT_EQ(lowest("!=3.9"), "none");
  EXPECT_EQ(lowest(""), "none");
  EXPECT_EQ(lowest("three"), "none");
  EXPECT_EQ(lowest(">=3.99999999999999999999"), "none");
}

// The default of a package is that of the version that the project has: installed, locked, pinned or asked for.
TEST(PackageVersions, AreReadWhereAProjectStatesThem) {
  const auto bound = [](const Folder& folder) {
    Config config = load_config(folder.path / "app.py", {});
    EXPECT_EQ(config.problems, Problems{});
    const analysis::TimeoutFact* fact = config.options->knowledge->timeout("redis.asyncio.Redis");
    return fact == nullptr                        ? "nothing"
           : !fact->package.empty()               ? "unknown"
           : fact->bound == analysis::Bound::fine ? "new"
                                                  : "old";
  };
  const struct {
    const char* file;
    const char* text;
    const char* expected;
  } cases[] = {
      {"app.py", "", "unknown"},
      {".venv/lib/python3.12/site-packages/redis-8.1.0.dist-info/METADATA", "", "new"},
      {".venv/lib/python3.12/site-packages/redis_om-8.1.0.dist-info/METADATA", "", "unknown"},
      {"venv/Lib/site-packages/Redis-5.0.1.dist-info/METADATA", "", "old"},
      {"uv.lock", "version = 1\n\n[[package]]\nname = \"redis\"\nversion = \"8.0.0\"\n", "new"},
      {"poetry.lock", "\n[[package]]\nname = \"redis\"\n\n[[package]]\nname = \"x\"\nversion = \"9\"\n", "unknown"},
      {"requirements.txt", "# all\nhttpx==1\nredis[hiredis]==7.4 ; python_version > '3'\n", "old"},
      {"requirements.txt", "redis>=8.0,<9\n", "new"},
      {"requirements.txt", "redis<9\n", "unknown"},
      {"requirements.txt", "redis-om==9\n", "unknown"},
      {"pyproject.toml", "[project]\ndependencies = ['redis >= 8.2']\n", "new"},
      {"pyproject.toml", "[project]\noptional-dependencies = {all = ['redis~=5.0']}\n", "old"},
      {"pyproject.toml", "[tool.poetry.dependencies]\nredis = '^8.0'\n", "new"},
      {"pyproject.toml", "[tool.poetry.dependencies]\nredis = {version = '^5.0', extras = ['hiredis']}\n", "old"},
      {"pyproject.toml", "[project]\ndependencies = 'redis'\n", "unknown"},
  };
  for (const auto& one : cases) {
    Folder folder;
    folder.write(one.file, one.text);
    EXPECT_STREQ(bound(folder), one.expected) << one.file << one.text;
  }
}

// What is installed counts before what is asked for, and the blocking calls of the settings are there as well.
TEST(PackageVersions, TheInstalledOneCounts) {
  Folder folder;
  folder.write("pyproject.toml", "[project]\ndependencies = ['redis>=5']\n[tool.awaitd]\nblocking = ['my.call']\n");
  folder.write(".venv/lib/python3.12/site-packages/redis-8.1.0.dist-info/METADATA", "");
  Config config = load_config(folder.path / "app.py", {});
  EXPECT_EQ(config.options->knowledge->timeout("redis.asyncio.Redis")->bound, analysis::Bound::fine);
  EXPECT_NE(config.options->knowledge->blocking("my.call"), nullptr);
}

TEST(Selectors, CodesPrefixesAndNames) {
  const analysis::Rule& rule = *analysis::find_rule("AWD101");
  for (const char* yes : {"AWD101", "awd101", "AWD1", "AWD", "A", "ALL", "all", "blocking-sleep"}) {
    EXPECT_TRUE(selects(yes, rule)) << yes;
  }
  for (const char* no : {"", "AWD2", "AWD1011", "blocking", "BLOCKING-SLEEP", "ASYNC"})
    EXPECT_FALSE(selects(no, rule)) << no;
}

TEST(Settings, BecomeOptions) {
  Problems problems;
  const auto options = [&](const char* text) {
    return to_options(read_settings(json::parse(text), "here", UnknownKeys::report, problems), problems);
  };
  EXPECT_EQ(options("{}").disabled.count("AWD101"), 0U);
  EXPECT_EQ(options(R"({"ignore": ["AWD1"]})").disabled.count("AWD101"), 1U);
  EXPECT_EQ(options(R"({"select": ["AWD102"]})").disabled.count("AWD101"), 1U);
  EXPECT_EQ(options(R"({"select": ["AWD102"]})").disabled.count("AWD102"), 0U);
  EXPECT_EQ(options(R"({"select": ["ALL"], "ignore": ["blocking-sleep"]})").disabled.count("AWD101"), 1U);
  EXPECT_EQ(options(R"({"select": [], "extend-select": ["AWD101"]})").disabled.count("AWD101"), 0U);
  EXPECT_EQ(options(R"({"target-python": "3.12"})").target, (PythonVersion{3, 12}));
  EXPECT_EQ(problems, Problems{});
}

TEST(Settings, WrongOnesAreNamed) {
  const auto problem = [](const char* text) {
    Problems problems;
    to_options(read_settings(json::parse(text), "pyproject.toml [tool.awaitd]", UnknownKeys::report, problems),
               problems);
    return problems.size() == 1 ? problems[0] : std::to_string(problems.size()) + " problems";
  };
  const auto has = [&](const char* text, const char* part) {
    EXPECT_NE(problem(text).find(part), std::string::npos) << problem(text);
  };
  has(R"({"select": "AWD1"})", "pyproject.toml [tool.awaitd]: select must be a list");
  has(R"({"select": [1]})", "select must be a list");
  has(R"({"ignore": ["AWD9999"]})", "\"AWD9999\" is no rule code");
  has(R"({"target-python": 3.9})", "target-python must be a Python version like \"3.11\", not 3.9");
  has(R"({"log-level": "loud"})", "log-level must be");
  has(R"({"free-threaded": 1})", "free-threaded must be true or false");
  has(R"({"overlap": "both"})", "overlap must be \"report\" or \"defer\", not \"both\"");
  has(R"({"blocking": "erp.load"})", "blocking must be a list of dotted names");
  has(R"({"blocking": ["load"]})", "blocking must be a list of dotted names");
  has(R"({"blocking": ["erp.load ->"]})", "not \"erp.load ->\"");
  has(R"({"selct": []})", "unknown setting \"selct\"; there are: blocking, extend-select");
  has("3", "expected a table");
}

TEST(Settings, EditorsWrapThemDifferently) {
  for (const char* text :
       {R"({"ignore":["AWD1"]})", R"({"settings":{"ignore":["AWD1"]}})", R"({"awaitd":{"ignore":["AWD1"]}})",
        R"({"settings":{"awaitd":{"ignore":["AWD1"],"path":"x"}}})"}) {
    Problems problems;
    const Settings settings = read_editor_settings(json::parse(text), "editor", problems);
    EXPECT_EQ(settings.ignore, std::vector<std::string>{"AWD1"}) << text;
    EXPECT_EQ(problems, Problems{});
  }
  for (const char* text : {"null", "[]", "{}", R"({"awaitd":[]})", R"({"settings":null})", R"({"ignore":null})"}) {
    Problems problems;
    EXPECT_EQ(read_editor_settings(json::parse(text), "editor", problems), Settings{}) << text;
    EXPECT_EQ(problems, Problems{});
  }
}

TEST(ProjectConfig, KnowsWhatOtherLintersReport) {
  const std::string defer = "[tool.awaitd]\noverlap = 'defer'\n";
  const auto reported = [&](const char* code, std::initializer_list<std::pair<const char*, std::string>> files) {
    const Folder folder;
    for (const auto& [name, text] : files) folder.write(name, text);
    folder.write("src/a.py", "");
    return load_config(folder.path / "src/a.py", {}).options->elsewhere.count(code) != 0;
  };
  const char* sleep = "ASYNC251";
  EXPECT_FALSE(reported(sleep, {{"pyproject.toml", defer}}));
  EXPECT_TRUE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['ASYNC']\n"}}));
  EXPECT_TRUE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nextend-select = ['ALL']\n"}}));
  EXPECT_TRUE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff]\nselect = ['ASYNC2']\n"}}));
  EXPECT_TRUE(reported(sleep, {{"pyproject.toml", defer}, {"ruff.toml", "[lint]\nselect = ['ASYNC251']\n"}}));
  EXPECT_FALSE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['E', 'ASYNC1']\n"}}));
  EXPECT_FALSE(
      reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['ASYNC']\nignore = ['ASYNC25']\n"}}));
  EXPECT_FALSE(reported(sleep, {{"pyproject.toml", "[tool.awaitd]\n[tool.ruff.lint]\nselect = ['ASYNC']\n"}}));
  // Ruff's "A" is flake8-builtins, and "PL" all that is pylint's.
  EXPECT_FALSE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['A', 'AS', 'E']\n"}}));
  EXPECT_TRUE(reported(sleep, {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['ASYNC']\nignore = ['A']\n"}}));
  EXPECT_TRUE(reported("PLE1142", {{"pyproject.toml", defer + "[tool.ruff.lint]\nselect = ['PL']\n"}}));
  // Not every rule of the plugin is one of Ruff's, and some only with preview.
  const std::string ruff = defer + "[tool.ruff.lint]\nselect = ['ASYNC', 'RUF']\n";
  EXPECT_FALSE(reported("ASYNC300", {{"pyproject.toml", ruff}}));
  EXPECT_FALSE(reported("RUF029", {{"pyproject.toml", ruff}}));
  EXPECT_TRUE(reported("RUF029", {{"pyproject.toml", ruff + "preview = true\n"}}));
  // flake8-async, where the project has it.
  const std::pair<const char*, std::string> hooks = {".pre-commit-config.yaml",
                                                     "additional_dependencies: [flake8-async]\n"};
  EXPECT_TRUE(reported("ASYNC300", {{"pyproject.toml", defer}, hooks}));
  EXPECT_FALSE(reported("ASYNC910", {{"pyproject.toml", defer}, hooks}));
  EXPECT_TRUE(reported("ASYNC910", {{"pyproject.toml", defer}, hooks, {".flake8", "[flake8]\nenable = ASYNC910\n"}}));
  EXPECT_FALSE(reported(
      sleep, {{"pyproject.toml", defer}, hooks, {"setup.cfg", "[flake8]\nignore =\n    E501,\n    ASYNC251\n"}}));
  EXPECT_FALSE(reported(sleep, {{"pyproject.toml", defer}, {"setup.cfg", "[flake8]\nselect = ASYNC\n"}}));
}

TEST(ProjectConfig, TakesBlockingCallsOfTheUser) {
  const Folder folder;
  folder.write("awaitd.toml", "blocking = ['erp.load', 'erp.save -> erp.save_async']\n");
  const auto config = load_config(folder.path / "a.py", {});
  EXPECT_EQ(config.problems, Problems{});
  const analysis::Knowledge& knowledge = *config.options->knowledge;
  ASSERT_NE(knowledge.blocking("erp.load"), nullptr);
  ASSERT_NE(knowledge.blocking("erp.save"), nullptr);
  EXPECT_EQ(knowledge.blocking("erp.save")->replacement, "erp.save_async");
  EXPECT_EQ(knowledge.blocking("erp.other"), nullptr);
  EXPECT_NE(knowledge.blocking("time.sleep"), nullptr);
}

TEST(ProjectConfig, KnowsHowAsyncTestsAreRun) {
  using analysis::AsyncTests;
  const auto tests = [](std::initializer_list<std::pair<const char*, const char*>> files) {
    const Folder folder;
    for (const auto& [name, text] : files) folder.write(name, text);
    folder.write("tests/test_a.py", "");
    return load_config(folder.path / "tests/test_a.py", {}).options->async_tests;
  };
  EXPECT_EQ(tests({}), AsyncTests::unknown);
  EXPECT_EQ(tests({{"pytest.ini", ""}}), AsyncTests::unknown);
  EXPECT_EQ(tests({{"pytest.ini", "[pytest]\nasyncio_mode = strict\n"}}), AsyncTests::marked);
  EXPECT_EQ(tests({{"pytest.ini", "[pytest]\nasyncio_mode = auto\n"}}), AsyncTests::asyncio_mode);
  EXPECT_EQ(tests({{"pyproject.toml", "[tool.pytest.ini_options]\nasyncio_mode = 'strict'\n"}}), AsyncTests::marked);
  EXPECT_EQ(tests({{"pyproject.toml", "[tool.pytest.ini_options]\nasyncio_mode = 'auto'\n"}}), AsyncTests::asyncio_mode);
  EXPECT_EQ(tests({{"pyproject.toml", "[tool.pytest.ini_options]\naddopts = ['--asyncio-mode=auto']\n"}}),
            AsyncTests::asyncio_mode);
  EXPECT_EQ(tests({{"tox.ini", "[tox]\nenvlist = py3\n"}}), AsyncTests::unknown);
  EXPECT_EQ(tests({{"tox.ini", "[pytest]\naddopts =\n    -v\n    --asyncio-mode=auto\n"}}), AsyncTests::asyncio_mode);
  EXPECT_EQ(tests({{"setup.cfg", "[tool:pytest]\nasyncio_mode=auto\n[other]\n"}}), AsyncTests::asyncio_mode);
  EXPECT_EQ(tests({{"setup.cfg", "[metadata]\nasyncio_mode = auto\n"}}), AsyncTests::unknown);
  EXPECT_EQ(tests({{"pytest.ini", "[pytest]\n"},
                   {"tests/conftest.py", "def pytest_collection_modifyitems(items):\n    pass\n"}}),
            AsyncTests::automatic);
}

TEST(ProjectConfig, IsFoundUpwards) {
  const Folder folder;
  folder.write("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n[tool.awaitd]\nignore = ['AWD101']\n");
  folder.write("src/app/main.py", "");
  const Config config = load_config(folder.path / "src/app/main.py", {});
  EXPECT_EQ(config.problems, Problems{});
  EXPECT_EQ(config.source, folder.path / "pyproject.toml");
  EXPECT_EQ(config.options->disabled.count("AWD101"), 1U);
  EXPECT_EQ(config.options->target, (PythonVersion{3, 10}));
  EXPECT_FALSE(config.options->noqa_for_silence);

  Settings over;
  over.ignore = std::vector<std::string>{};
  over.target_python = PythonVersion{3, 13};
  EXPECT_EQ(load_config(folder.path / "src/app/main.py", over).options->disabled.count("AWD101"), 0U);
  EXPECT_EQ(load_config(folder.path / "src/app/main.py", over).options->target, (PythonVersion{3, 13}));
}

TEST(ProjectConfig, TheNearestCounts) {
  const Folder folder;
  folder.write("pyproject.toml", "[tool.awaitd]\nignore = ['AWD101']\n");
  folder.write("a/awaitd.toml", "target-python = '3.11'\n");
  folder.write("a/pyproject.toml", "[tool.awaitd]\nignore = ['AWD102']\n");
  folder.write("b/pyproject.toml", "[project]\nrequires-python = '>=3.12'\n");
  const Config a = load_config(folder.path / "a/x.py", {});
  EXPECT_EQ(a.source, folder.path / "a/awaitd.toml");
  EXPECT_EQ(a.options->disabled.size(), 0U);
  EXPECT_EQ(a.options->target, (PythonVersion{3, 11}));
  const Config b = load_config(folder.path / "b/x.py", {});
  EXPECT_EQ(b.source, folder.path / "pyproject.toml");
  EXPECT_EQ(b.options->target, (PythonVersion{3, 12}));
}

TEST(ProjectConfig, RuffThatKnowsOurCodes) {
  const Folder folder;
  folder.write("a/pyproject.toml", "[tool.ruff.lint]\nexternal = ['AWD']\n");
  folder.write("b/ruff.toml", "external = ['AWD101']\n");
  folder.write("c/.ruff.toml", "[lint]\nexternal = ['V']\n");
  EXPECT_TRUE(load_config(folder.path / "a/x.py", {}).options->noqa_for_silence);
  EXPECT_TRUE(load_config(folder.path / "b/x.py", {}).options->noqa_for_silence);
  EXPECT_FALSE(load_config(folder.path / "c/x.py", {}).options->noqa_for_silence);
}

TEST(ProjectConfig, BrokenFilesAreReportedAndLeftOut) {
  const Folder folder;
  folder.write("pyproject.toml", "[tool.awaitd]\nignore = [\n\n= 3\n");
  const Config config = load_config(folder.path / "x.py", {});
  ASSERT_EQ(config.problems.size(), 1U);
  EXPECT_NE(config.problems[0].find("pyproject.toml: line "), std::string::npos) << config.problems[0];
  ASSERT_NE(config.options, nullptr);
  EXPECT_NE(load_config("/nonexistent/folder/x.py", {}).options, nullptr);
  EXPECT_NE(load_config("", {}).options, nullptr);
}

// --- in a session

const std::string kBlocking = "import time\nasync def f():\n    time.sleep(1)\n";
const json kIgnoreIt = {{"ignore", {"AWD101"}}};

json with_configuration() {
  json out = full_capabilities();
  out["workspace"]["configuration"] = true;
  return out;
}

std::size_t count(const json& params) { return params["diagnostics"].size(); }

TEST(SettingsOfAnEditor, ComeWithInitialize) {
  LspClient client({.initialization_options = kIgnoreIt});
  client.initialize();
  client.open("file:///a.py", kBlocking);
  EXPECT_EQ(count(client.diagnostics()), 0U);
}

TEST(SettingsOfAnEditor, MayChangeAtAnyTime) {
  LspClient client;
  client.initialize();
  client.open("file:///a.py", kBlocking);
  EXPECT_EQ(count(client.diagnostics()), 1U);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", kIgnoreIt}}}});
  EXPECT_EQ(count(client.diagnostics()), 0U);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"pylsp", 1}}}});  // somebody else's
  EXPECT_FALSE(client.unread());
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", json::array()}}}});
  EXPECT_EQ(count(client.diagnostics()), 1U);
}

TEST(SettingsOfAnEditor, AreAskedForWhereTheClientAnswers) {
  LspClient client({.capabilities = with_configuration()});
  client.initialize();
  const json question = client.next("workspace/configuration");
  EXPECT_EQ(question["params"]["items"], json::array({{{"section", "awaitd"}}, {{"section", "python"}}}));
  client.open("file:///a.py", kBlocking);  // nobody waits for the answer
  EXPECT_EQ(count(client.diagnostics()), 1U);
  client.send({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", json::array({kIgnoreIt})}});
  EXPECT_EQ(count(client.diagnostics()), 0U);
  for (const json& nothing : {json::array({json::array()}), json::array({nullptr}), json::array(), json()}) {
    client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
    client.send({{"jsonrpc", "2.0"}, {"id", client.next("workspace/configuration")["id"]}, {"result", nothing}});
    client.unread();
  }
  EXPECT_EQ(count(client.diagnostics()), 1U);
}

TEST(SettingsOfAnEditor, WrongOnesAreShownOnce) {
  LspClient client({.initialization_options = {{"select", "AWD1"}}});
  client.initialize();
  EXPECT_NE(client.next("window/showMessage")["params"]["message"].get<std::string>().find("select must be a list"),
            std::string::npos);
  EXPECT_EQ(client.next("window/logMessage")["params"]["type"], 2);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", {{"select", "AWD1"}}}}}});
  client.forget("window/showMessage");  // another door, another sentence
  client.forget("window/logMessage");
}

TEST(SettingsOfAProject, AreReadAgainWhenTheirFileChanges) {
  const Folder folder;
  folder.write("pyproject.toml", "");
  LspClient client;
  client.initialize();
  client.open(protocol::path_to_uri((folder.path / "a.py").string()), kBlocking);
  EXPECT_EQ(count(client.diagnostics()), 1U);
  folder.write("pyproject.toml", "[tool.awaitd]\nignore = ['AWD101']\n");
  const std::string uri = protocol::path_to_uri((folder.path / "pyproject.toml").string());
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}});
  EXPECT_EQ(count(client.diagnostics()), 0U);
  folder.write("pyproject.toml", "[tool.awaitd]\nignore = 'AWD101'\n");
  client.notify("workspace/didChangeWatchedFiles", {{"changes", json::array({{{"uri", uri}, {"type", 2}}})}});
  EXPECT_EQ(count(client.diagnostics()), 1U);
  EXPECT_NE(client.next("window/showMessage")["params"]["message"].get<std::string>().find("pyproject.toml"),
            std::string::npos);
  client.next("window/logMessage");
}

}  // namespace
}  // namespace awaitd::server
