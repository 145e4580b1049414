// What a fix of the families 3xx, 4xx and 6xx, and some others, promises, it does: programs run with and without it.
#include "tests/analysis/behaviour.h"

#include <gtest/gtest.h>

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

// The first fix of every finding of this rule, until there is none left.
std::string fixed(std::string text, const std::string& code) {
  auto options = std::make_shared<Options>();
  options->target.minor = 11;
  options->target_stated = true;
  for (const Rule* rule : all_rules()) {
    if (rule->code != code) options->disabled.insert(std::string(rule->code));
    if (rule->code == code) options->enabled.insert(std::string(rule->code));
  }
  Parser parser;
  for (int round = 0; round < 9; ++round) {
    AnalysisPtr now = analyse(Document(text), SourceFile("program"), nullptr, options, parser, {});
    if (findings(*now).empty()) return text;
    std::vector<Fix> fixes = fixes_for(*now, findings(*now).front());
    if (fixes.size() < 2) break;
    text = testing::apply(text, fixes.front().files.at(0).edits);
  }
  ADD_FAILURE() << code << " is not fixed in\n" << text;
  return text;
}

std::string output_of(const std::string& program, const Behaviour* with) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "awaitd-run-XXXXXX").string();
  fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "program.py") << program;
  if (with != nullptr && with->stub[0] != 0)
    std::ofstream(folder / (with->stub + std::string(".py"))) << with->stub_text;
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
  static const std::regex seconds(R"((\btimeout\(|timeout=)(5|10|30|60)(\.0)?\b)");
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
    const std::string better = fixed(program, one.code);
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

TEST(FixBehaviour, EveryFixOfTheseFamiliesIsRun) {
  std::set<std::string_view> run;
  for (std::span<const Behaviour> cases : {cancellation_cases(), race_cases(), timeout_cases(), trio_cases()}) {
    for (const Behaviour& one : cases) run.insert(one.code);
  }
  for (const Rule* rule : all_rules()) {
    const char family = rule->code[3];
    const bool ours = family == '3' || family == '4' || family == '6';
    EXPECT_TRUE(!ours || rule->fix == nullptr || run.contains(rule->code)) << rule->code;
  }
}

}  // namespace awaitd::testing
