// Installed packages: where an environment has them, and sessions whose documents call into them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "lsp_client.h"
#include "protocol/uri.h"
#include "server/config/environment.h"
#include "server/config/project_config.h"

namespace awaitd::server {
namespace {

namespace fs = std::filesystem;

const std::string kKit = "import time\n\n\ndef pause():\n    time.sleep(1)\n";
const std::string kMain = "import kit\n\n\nasync def main():\n    kit.pause()\n";

struct PackagesTest : testing::Test {
  PackagesTest() {
    ::unsetenv("VIRTUAL_ENV");
    std::string pattern = (fs::temp_directory_path() / "awaitd-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    write("ws/.git/HEAD", "");
    write("ws/main.py", kMain);
  }
  ~PackagesTest() override {
    ::unsetenv("VIRTUAL_ENV");
    fs::remove_all(folder);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  // An environment with an interpreter, and a package in it.
  std::string environment(const std::string& name) const {
    write(name + "/bin/python", "");
    write(name + "/lib/python3.12/site-packages/kit/__init__.py", kKit);
    return (folder / name).string();
  }
  // The folder that holds the first site-packages found for ws/main.py, below the test's own.
  std::string found(const Settings& settings = {}) const {
    const Config config = load_config(folder / "ws/main.py", settings);
    EXPECT_EQ(config.problems, std::vector<std::string>());
    if (config.sites.empty()) return "";
    return fs::path(config.sites.front()).parent_path().parent_path().parent_path().lexically_relative(folder).string();
  }
  std::string uri(const std::string& name) const { return protocol::path_to_uri((folder / name).string()); }

  fs::path folder;
};

TEST_F(PackagesTest, TheEnvironmentIsTheFirstOneThatSomebodyNames) {
  EXPECT_EQ(found(), "");
  environment("ws/venv");
  EXPECT_EQ(found(), "ws/venv");
  environment("ws/.venv");
  EXPECT_EQ(found(), "ws/.venv");
  ::setenv("VIRTUAL_ENV", environment("active").c_str(), 1);
  EXPECT_EQ(found(), "active");
  environment("envs/mypy");
  write("ws/pyproject.toml", "[tool.mypy]\npython_executable = '../envs/mypy/bin/python'\n");
  EXPECT_EQ(found(), "envs/mypy");
  environment("envs/ty");
  write("ws/pyproject.toml", "[tool.ty.environment]\npython = '../envs/ty'\n");
  EXPECT_EQ(found(), "envs/ty");
  environment("envs/right");
  write("ws/pyproject.toml", "[tool.pyright]\nvenvPath = '../envs'\nvenv = 'right'\n");
  EXPECT_EQ(found(), "envs/right");
  Settings settings;
  settings.interpreter = environment("named") + "/bin/python";
  EXPECT_EQ(found(settings), "named");
  settings.interpreter = (folder / "named").string();
  EXPECT_EQ(found(settings), "named");
  settings.interpreter = "${workspaceFolder}/.venv/bin/python";
  EXPECT_EQ(found(settings), "ws/.venv");
  settings.interpreter = "venv";
  EXPECT_EQ(found(settings), "ws/venv");
  settings.interpreter = "/nowhere/bin/python";  // what is not there says nothing
  EXPECT_EQ(found(settings), "envs/right");
  write("ws/pyproject.toml", "[tool.pyright]\nvenv = 'gone'\n");
  EXPECT_EQ(found(), "active");
  write("ws/pyrightconfig.json", "{\n  // as pyright reads it\n  \"venvPath\": \"../envs\", \"venv\": \"ty\",\n}\n");
  EXPECT_EQ(found(), "active");  // a trailing comma is broken JSON
  write("ws/pyrightconfig.json", "{\n  // as pyright reads it\n  \"venvPath\": \"../envs\", \"venv\": \"ty\"\n}\n");
  EXPECT_EQ(found(), "envs/ty");
}

// An interpreter is a link to the one that made the environment; that one's packages are not meant.
TEST_F(PackagesTest, LinksOfInterpretersAreNotFollowed) {
  environment("base");
  write("ws/env/lib/python3.12/site-packages/kit.py", kKit);
  fs::create_directories(folder / "ws/env/bin");
  fs::create_symlink(folder / "base/bin/python", folder / "ws/env/bin/python");
  Settings settings;
  settings.interpreter = (folder / "ws/env/bin/python").string();
  EXPECT_EQ(found(settings), "ws/env");
}

TEST_F(PackagesTest, PathFilesAddTheirFolders) {
  environment("ws/.venv");
  const std::string site = "ws/.venv/lib/python3.12/site-packages";
  write("beside/src/other/__init__.py", "");
  write("ws/src/own/__init__.py", "");
  write(site + "/a.pth", "# comment\nimport sys\n" + (folder / "beside/src").string() + "\r\n" +
                             (folder / "ws/src").string() + "\n/nowhere\n");
  const Config config = load_config(folder / "ws/main.py", {});
  const std::vector<std::string> expected{(folder / site).string(), (folder / "beside/src").string()};
  EXPECT_EQ(config.sites, expected);
  EXPECT_TRUE(is_installed(folder / site / "kit/__init__.py", config.sites));
  EXPECT_FALSE(is_installed(folder / "beside/src/other/__init__.py", config.sites));
  EXPECT_FALSE(is_installed(folder / "ws/main.py", config.sites));
}

TEST_F(PackagesTest, OfTheSectionOfPythonOnlyPathsCount) {
  EXPECT_EQ(interpreter_of({{"pythonPath", "python"}, {"defaultInterpreterPath", "/v/bin/python"}}), "/v/bin/python");
  EXPECT_EQ(interpreter_of({{"pythonPath", ".venv/bin/python"}}), ".venv/bin/python");
  EXPECT_EQ(interpreter_of({{"defaultInterpreterPath", "python3"}}), "");
  for (const json& nothing : {json(), json::array(), json{{"pythonPath", 3}}}) EXPECT_EQ(interpreter_of(nothing), "");
}

json with_configuration() {
  json capabilities = full_capabilities();
  capabilities["workspace"]["configuration"] = true;
  return capabilities;
}

TEST_F(PackagesTest, ASessionLooksIntoThemIfAskedTo) {
  environment("ws/.venv");
  LspClient client({.root_uri = uri("ws")});
  client.initialize();
  client.open(uri("ws/main.py"), kMain);
  EXPECT_TRUE(client.diagnostics()["diagnostics"].empty());
  EXPECT_EQ(client.session.projects().package_counters().loaded, 0U);
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"awaitd", {{"follow-packages", true}}}}}});
  const json found = client.diagnostics()["diagnostics"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["code"], "AWD110");
  EXPECT_EQ(found[0]["severity"], 3);  // a warning that is probable
  EXPECT_EQ(found[0]["relatedInformation"].back()["location"]["uri"],
            uri("ws/.venv/lib/python3.12/site-packages/kit/__init__.py"));
  // Another document, and edits: the package is read once.
  client.open(uri("ws/other.py"), kMain);
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
  client.change(uri("ws/main.py"), 2, json::array({{{"text", kMain + "    kit.pause()\n"}}}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 2U);
  EXPECT_EQ(client.session.projects().package_counters().loaded, 1U);
  // It changes on disk.
  const std::string installed = "ws/.venv/lib/python3.12/site-packages/kit/__init__.py";
  write(installed, "def pause():\n    pass\n");
  client.notify("workspace/didChangeWatchedFiles",
                {{"changes", json::array({{{"uri", uri(installed)}, {"type", 2}}})}});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(client.diagnostics()["diagnostics"].empty());
}

TEST_F(PackagesTest, TheEditorsInterpreterCounts) {
  const std::string python = environment("elsewhere") + "/bin/python";
  LspClient client({.capabilities = with_configuration(), .root_uri = uri("ws")});
  client.initialize();
  const json question = client.next("workspace/configuration");
  EXPECT_EQ(question["params"]["items"], json::array({{{"section", "awaitd"}}, {{"section", "python"}}}));
  client.open(uri("ws/main.py"), kMain);
  EXPECT_TRUE(client.diagnostics()["diagnostics"].empty());
  client.answer(question, json::array({{{"follow-packages", true}}, {{"defaultInterpreterPath", python}}}));
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
}

TEST_F(PackagesTest, TheirOwnFilesHaveNoFindings) {
  environment("ws/.venv");
  const std::string installed = "ws/.venv/lib/python3.12/site-packages/kit/slow.py";
  write(installed, "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  LspClient client({.root_uri = uri("ws")});
  client.initialize();
  client.open(uri(installed), "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  EXPECT_TRUE(client.diagnostics()["diagnostics"].empty());
  client.open(uri("ws/main.py"), "import time\n\n\nasync def f():\n    time.sleep(1)\n");
  EXPECT_EQ(client.diagnostics()["diagnostics"].size(), 1U);
}

}  // namespace
}  // namespace awaitd::server
