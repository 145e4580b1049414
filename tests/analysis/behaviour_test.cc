// What a fix of the families 3xx, 4xx and 6xx, and some others, promises, it does: programs run with and without it.
#include "tests/analysis/behaviour.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "analysis/engine.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

// cancel(coroutine) runs it until it waits, cancels it, and tells how it ended; watchdog() ends a program that hangs.
const char* const kStart = R"py(
import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading


async def cancel(coroutine, wait=0.01):
    task = asyncio.ensure_future(coroutine)
    await asyncio.sleep(wait)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    return "cancelled" if done and task.cancelled() else "went on"


def watchdog(seconds=0.6):
    def bark():
        print("hangs", flush=True)
        os._exit(0)

    asyncio.get_running_loop().call_later(seconds, bark)

)py";

// What kind of fix it is: its title without the names of the code.
std::string kind_of(const Fix& fix) {
  const std::string kind = fix.title.substr(0, fix.title.find_first_of("`:=(0123456789"));
  return kind.substr(0, kind.find_last_not_of(' ') + 1);
}

std::shared_ptr<Options> only(const std::string& code, int minor) {
  auto options = std::make_shared<Options>();
  options->target.minor = minor;
  options->target_stated = true;
  for (const Rule* rule : all_rules()) {
    if (rule->code != code) options->disabled.insert(std::string(rule->code));
    if (rule->code == code) options->enabled.insert(std::string(rule->code));
  }
  return options;
}

// A fix of every finding of the rule, until there is none left; notes which kinds they were.
std::string fixed(std::string text, const Behaviour& with, std::set<std::string>& kinds) {
  Parser parser;
  for (int round = 0; round < 9; ++round) {
    AnalysisPtr now = analyse(Document(text), SourceFile("program"), nullptr, only(with.code, with.minor), parser, {});
    if (findings(*now).empty()) return text;
    const std::vector<Fix> fixes = fixes_for(*now, findings(*now).front());
    const auto wanted =
        std::find_if(fixes.begin(), fixes.end(), [&](const Fix& fix) { return fix.title.starts_with(with.title); });
    if (fixes.size() < 2 || wanted == fixes.end()) break;
    kinds.insert(with.code + (": " + kind_of(*wanted)));
    text = testing::apply(text, wanted->files.at(0).edits);
  }
  ADD_FAILURE() << with.code << " is not fixed in\n" << text;
  return text;
}

std::string output_of(const std::string& program, const Behaviour* with) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "awaitd-run-XXXXXX").string();
  fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "program.py") << program;
  if (with != nullptr && with->stub[0] != 0) {
    const fs::path stub = folder / (with->stub + std::string(".py"));
    fs::create_directories(stub.parent_path());
    std::ofstream(stub) << with->stub_text;
  }
  FILE* pipe = popen(("python3 " + (folder / "program.py").string() + " 2>&1").c_str(), "r");
  std::string out;
  for (int c = pipe == nullptr ? EOF : fgetc(pipe); c != EOF; c = fgetc(pipe)) out += static_cast<char>(c);
  if (pipe != nullptr) pclose(pipe);
  fs::remove_all(folder);
  return out;
}

void expect_output(const std::string& out, const std::string& expected, const std::string& program) {
  if (expected.starts_with("...")) {
    EXPECT_NE(out.find(expected.substr(3)), std::string::npos) << out << program;
  } else {
    EXPECT_EQ(out, expected) << program;
  }
}

// Nobody waits half a minute for a test.
std::string in_a_hurry(const std::string& text) {
  static const std::regex seconds(R"((\btimeout\(|timeout=|move_on_after\()(5|10|30|60)(\.0)?\b)");
  return std::regex_replace(text, seconds, "$010.1");
}

}  // namespace

bool has_python() { return output_of("import sys\nprint(sys.version_info >= (3, 11))\n", nullptr) == "True\n"; }

bool has_package(const std::string& name) {
  return output_of("import " + name + "\nprint(True)\n", nullptr) == "True\n";
}

void check_behaviour(std::span<const Behaviour> cases) {
  if (!has_python()) GTEST_SKIP() << "no python3 (3.11 or later) to run the programs with";
  for (const Behaviour& one : cases) {
    const bool own_start = one.needs[0] != 0;
    if (own_start && !has_package(one.needs)) GTEST_SKIP() << "python3 has no package " << one.needs;
    const std::string program = own_start ? one.program : std::string(kStart) + one.program;
    std::set<std::string> kinds;
    const std::string better = fixed(program, one, kinds);
    EXPECT_NE(better, program) << one.code;
    expect_output(output_of(program, &one), one.before, one.code + program);
    expect_output(output_of(in_a_hurry(better), &one), one.after, one.code + better);
  }
}

TEST(FixBehaviour, CancellationsArrive) { check_behaviour(cancellation_cases()); }
TEST(FixBehaviour, RacesAreOver) { check_behaviour(race_cases()); }
TEST(FixBehaviour, WorkIsDoneElsewhereAndInTurn) { check_behaviour(pool_cases()); }
TEST(FixBehaviour, TimeoutsFire) { check_behaviour(timeout_cases()); }
TEST(FixBehaviour, CleanupIsShielded) { check_behaviour(trio_cases()); }

// The kinds of fixes of one rule that its page shows.
void add_kinds(const Rule& rule, const std::string& page, std::set<std::string>& kinds) {
  for (const Block& block : read_blocks(page)) {
    auto options = std::make_shared<Options>(*options_from(block.settings));
    options->enabled.insert(std::string(rule.code));
    Parser parser;
    const AnalysisPtr now =
        analyse(Document(without_expectations(block.text)), SourceFile("main"), nullptr, options, parser, {});
    for (const Finding& finding : findings(*now)) {
      if (finding.rule->code != rule.code) continue;
      for (const Fix& fix : fixes_for(*now, finding)) {
        if (!fix.title.starts_with("Silence")) kinds.insert(std::string(rule.code) + ": " + kind_of(fix));
      }
    }
  }
}

TEST(FixBehaviour, EveryFixOfTheseFamiliesIsRun) {
  std::set<std::string> run, shown;
  for (std::span<const Behaviour> cases : {cancellation_cases(), race_cases(), timeout_cases(), trio_cases()}) {
    for (const Behaviour& one : cases)
      fixed(one.needs[0] != 0 ? one.program : std::string(kStart) + one.program, one, run);
  }
  for (const Rule* rule : all_rules()) {
    const char family = rule->code[3];
    if (rule->fix == nullptr || (family != '3' && family != '4' && family != '6')) continue;
    add_kinds(*rule, std::string(rule_page(*rule)), shown);
  }
  for (const std::string& kind : shown) EXPECT_TRUE(run.contains(kind)) << kind;
}

}  // namespace awaitd::testing
