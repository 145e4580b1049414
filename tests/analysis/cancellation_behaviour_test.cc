// The fixes of family 3xx do what they promise: each program runs in Python as it is and with the first fix of the
// rule.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "analysis/engine.h"
#include "analysis/rules/rule.h"
#include "tests/analysis/page.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

struct Case {
  const char* code;
  const char* program;
  const char* before;
  const char* after;
};

// cancel(coroutine) runs it until it waits, cancels it, and tells how it ended.
const char* const kStart = R"py(
import asyncio
import contextlib


async def cancel(coroutine, wait=0.01):
    task = asyncio.ensure_future(coroutine)
    await asyncio.sleep(wait)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    return "cancelled" if done and task.cancelled() else "went on"

)py";

const Case kCases[] = {
    {"AWD301", R"py(
async def work():
    try:
        await asyncio.sleep(0.1)
    except BaseException:
        print("caught")
    await asyncio.sleep(0.1)


print(asyncio.run(cancel(work())))
)py",
     "caught\nwent on\n", "cancelled\n"},
    {"AWD301", R"py(
async def work():
    try:
        await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        print("caught")
    await asyncio.sleep(0.1)


async def outer():
    await work()


print(asyncio.run(cancel(outer())))
)py",
     "caught\nwent on\n", "caught\ncancelled\n"},
    {"AWD302", R"py(
async def slow():
    try:
        await asyncio.sleep(1)
    finally:
        await asyncio.sleep(0.1)


async def stop():
    task = asyncio.ensure_future(slow())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(0.1)


print(asyncio.run(cancel(stop())))
)py",
     "went on\n", "cancelled\n"},
    {"AWD303", R"py(
async def work():
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)


async def outer():
    await work()


print(asyncio.run(cancel(outer())))
)py",
     "went on\n", "cancelled\n"},
    {"AWD306", R"py(
async def main():
    lock = asyncio.Lock()

    async def work():
        await lock.acquire()
        await asyncio.sleep(0.1)
        lock.release()

    await cancel(work())
    print("locked", lock.locked())


asyncio.run(main())
)py",
     "locked True\n", "locked False\n"},
    {"AWD308", R"py(
async def work():
    try:
        await asyncio.sleep(1)
    finally:
        print("ended")


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print("done")


asyncio.run(main())
)py",
     "done\nended\n", "ended\ndone\n"},
    {"AWD313", R"py(
async def main():
    limit = asyncio.Semaphore(1)

    async def work():
        await limit.acquire()
        try:
            await asyncio.sleep(0.1)
        except Exception:
            limit.release()
            raise
        limit.release()

    print(await cancel(work()))
    print("locked", limit.locked())


asyncio.run(main())
)py",
     "cancelled\nlocked True\n", "cancelled\nlocked False\n"},
    {"AWD314", R"py(
class Cache:
    def __init__(self):
        self.loading = None

    async def get(self):
        if self.loading is None:
            self.loading = asyncio.ensure_future(self.load())
        return await self.loading

    async def load(self):
        await asyncio.sleep(0.1)
        return "loaded"


async def main():
    cache = Cache()
    other = asyncio.ensure_future(cache.get())
    await cancel(cache.get())
    await asyncio.wait([other])
    print("cancelled" if other.cancelled() else other.result())


asyncio.run(main())
)py",
     "cancelled\n", "loaded\n"},
};

// The first fix of every finding of this rule, until there is none left.
std::string fixed(std::string text, const std::string& code) {
  auto options = std::make_shared<Options>();
  options->target.minor = 11;
  for (const Rule* rule : all_rules()) {
    if (rule->code != code) options->disabled.insert(std::string(rule->code));
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

std::string output_of(const std::string& program) {
  namespace fs = std::filesystem;
  std::string pattern = (fs::temp_directory_path() / "awaitd-cancel-XXXXXX").string();
  fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "program.py") << program;
  FILE* pipe = popen(("python3 " + (folder / "program.py").string() + " 2>&1").c_str(), "r");
  std::string out;
  for (int c = pipe == nullptr ? EOF : fgetc(pipe); c != EOF; c = fgetc(pipe)) out += static_cast<char>(c);
  if (pipe != nullptr) pclose(pipe);
  fs::remove_all(folder);
  return out;
}

TEST(CancellationBehaviour, TheFixChangesWhatHappens) {
  if (output_of("import sys\nprint(sys.version_info >= (3, 8))\n") != "True\n") GTEST_SKIP() << "no python3";
  for (const Case& one : kCases) {
    std::string program = std::string(kStart) + one.program;
    std::string better = fixed(program, one.code);
    EXPECT_NE(better, program) << one.code;
    EXPECT_EQ(output_of(program), one.before) << program;
    EXPECT_EQ(output_of(better), one.after) << better;
  }
}

}  // namespace
}  // namespace awaitd::testing
