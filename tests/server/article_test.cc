// The seven sections of the article this project started from, in shapes of our own: each pitfall is found, explained
// on hover, mended by the quick fix, and silent afterwards. Through a whole session, as an editor sees it.
#include <gtest/gtest.h>

#include <algorithm>

#include "lsp_client.h"

namespace awaitd::server {
namespace {

const std::string kUri = "file:///ws/shop.py";

struct Story {
  const char* name;
  const char* code;
  std::string text;
  std::string place;  // the first place of this text is where the finding is
  std::string hover;  // part of what the hover says
  std::string title;  // how the title of the quick fix begins
  std::string fixed;
  bool preferred = true;  // what changes callers, too, is never applied unasked
};

std::ostream& operator<<(std::ostream& out, const Story& story) { return out << story.name; }

struct Position {
  unsigned line = 0, character = 0;
};

Position position_of(const std::string& text, const std::string& part) {
  Position found;
  const std::size_t at = text.find(part);
  for (std::size_t i = 0; i < at && at != std::string::npos; ++i) {
    found.character = text[i] == '\n' ? 0 : found.character + 1;
    found.line += text[i] == '\n' ? 1 : 0;
  }
  return found;
}

// Codes on a line, or on every line; hints do not count where they are not asked for.
std::vector<std::string> codes(const json& published, bool hints, std::optional<unsigned> line = std::nullopt) {
  constexpr int kHint = 4;
  std::vector<std::string> out;
  for (const json& one : published["diagnostics"]) {
    if (!hints && one.value("severity", 0) == kHint) continue;
    if (line && one["range"]["start"]["line"] != *line) continue;
    out.push_back(one["code"].get<std::string>());
  }
  return out;
}

class Article : public testing::TestWithParam<Story> {};

TEST_P(Article, IsFoundExplainedMendedAndSilent) {
  const Story& story = GetParam();
  LspClient client({.initialization_options = {{"target-python", "3.12"}}});
  client.initialize();
  client.open(kUri, story.text);
  const Position at = position_of(story.text, story.place);
  const auto found = codes(client.diagnostics(), true, at.line);
  ASSERT_EQ(std::count(found.begin(), found.end(), story.code), 1) << "on line " << at.line + 1;

  const json place = LspClient::place(kUri, at.line, at.character);
  const json hover = client.request("textDocument/hover", place)["result"];
  ASSERT_TRUE(hover.is_object());
  const std::string told = hover["contents"]["value"].get<std::string>();
  EXPECT_NE(told.find(story.hover), std::string::npos) << told;
  EXPECT_NE(told.find(story.code), std::string::npos) << told;

  const json actions =
      client.request("textDocument/codeAction", LspClient::code_action(kUri, at.line, at.character))["result"];
  const auto mends = [&](const json& action) {
    return action["diagnostics"][0]["code"] == story.code &&
           action["title"].get<std::string>().starts_with(story.title);
  };
  const auto action = std::find_if(actions.begin(), actions.end(), mends);
  ASSERT_NE(action, actions.end()) << actions.dump(1);
  EXPECT_EQ(action->value("isPreferred", false), story.preferred) << "the best fix comes first";
  const json resolved = client.request("codeAction/resolve", *action)["result"];
  ASSERT_TRUE(resolved.contains("edit"));
  const std::string fixed = applied(story.text, resolved["edit"]);
  EXPECT_EQ(fixed, story.fixed);

  client.change(kUri, 2, json::array({json{{"text", fixed}}}));
  EXPECT_EQ(codes(client.diagnostics(), false), std::vector<std::string>{});
}

const Story kStories[] = {
    {"BlockingSleep", "AWD101",
     R"py(import asyncio
import time


async def measure(sensor):
    time.sleep(2)
    return sensor


async def main():
    print(await asyncio.gather(measure("roof"), measure("cellar"), measure("garden")))
)py",
     "time.sleep(2)", "stops every task", "Use await asyncio.sleep()",
     R"py(import asyncio
import time


async def measure(sensor):
    await asyncio.sleep(2)
    return sensor


async def main():
    print(await asyncio.gather(measure("roof"), measure("cellar"), measure("garden")))
)py"},
    {"BlockingRequest", "AWD102",
     R"py(import requests


async def weather(town):
    answer = requests.get(f"https://weather.example/{town}")
    return answer.json()
)py",
     "requests.get", "until the server answers", "Run in a worker thread with asyncio.to_thread",
     R"py(import asyncio

import requests


async def weather(town):
    answer = await asyncio.to_thread(requests.get, f"https://weather.example/{town}", timeout=10)
    return answer.json()
)py"},
    {"BlockingProcess", "AWD105",
     R"py(import subprocess


async def thumbnail(path):
    subprocess.run(["convert", path, "small.png"], check=True)
)py",
     "subprocess.run", "until the process is done", "Use await asyncio.create_subprocess_exec()",
     R"py(import asyncio
import subprocess


async def thumbnail(path):
    process = await asyncio.create_subprocess_exec("convert", path, "small.png")
    try:
        async with asyncio.timeout(60):
            await process.wait()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, ["convert", path, "small.png"])
)py"},
    {"CpuInAHandler", "AWD203",
     R"py(from fastapi import FastAPI

app = FastAPI()


def variance(numbers: list[int]) -> float:
    mean = sum(numbers) / len(numbers)
    return sum((n - mean) ** 2 for n in numbers)


@app.get("/variance")
async def report(n: int = 1_000_000):
    numbers = list(range(n))
    result = variance(numbers)
    return {"variance": result}
)py",
     "variance(numbers)\n    return", "computes", "Run in a",
     R"py(import asyncio
from concurrent.futures import ProcessPoolExecutor

from fastapi import FastAPI

app = FastAPI()
executor = ProcessPoolExecutor()


def variance(numbers: list[int]) -> float:
    mean = sum(numbers) / len(numbers)
    return sum((n - mean) ** 2 for n in numbers)


@app.get("/variance")
async def report(n: int = 1_000_000):
    numbers = list(range(n))
    result = await asyncio.get_running_loop().run_in_executor(executor, variance, numbers)
    return {"variance": result}
)py"},
    {"CancellationSwallowed", "AWD301",
     R"py(import asyncio


async def record(tape, microphone):
    while True:
        try:
            tape.append(await microphone.get())
        except asyncio.CancelledError:
            print("cancelled, rewinding")
)py",
     "asyncio.CancelledError:", "cancel", "Raise",
     R"py(import asyncio


async def record(tape, microphone):
    while True:
        try:
            tape.append(await microphone.get())
        except asyncio.CancelledError:
            print("cancelled, rewinding")
            raise
)py"},
    {"CleanupMissesCancellation", "AWD313",
     R"py(async def transfer(session, amount):
    await session.begin()
    try:
        await session.execute(amount)
        await session.commit()
    except Exception:
        await session.rollback()
        raise
)py",
     "Exception:", "cancel", "Catch BaseException",
     R"py(async def transfer(session, amount):
    await session.begin()
    try:
        await session.execute(amount)
        await session.commit()
    except BaseException:
        await session.rollback()
        raise
)py"},
    {"LostUpdate", "AWD401",
     R"py(import asyncio

visitors = 0


async def enter():
    global visitors
    value = visitors
    await asyncio.sleep(0)
    visitors = value + 1


async def main():
    await asyncio.gather(*[enter() for _ in range(100)])
    print(visitors)
)py",
     "visitors = value + 1", "another task stored meanwhile is lost", "Hold",
     R"py(import asyncio

visitors = 0
_visitors_lock = asyncio.Lock()


async def enter():
    global visitors
    async with _visitors_lock:
        value = visitors
        await asyncio.sleep(0)
        visitors = value + 1


async def main():
    await asyncio.gather(*[enter() for _ in range(100)])
    print(visitors)
)py"},
    {"LoopInALoop", "AWD501",
     R"py(import asyncio


async def load(key):
    await asyncio.sleep(0.1)
    return key


async def handler(key):
    return asyncio.run(load(key))
)py",
     "asyncio.run", "runs on an event loop already", "Await",
     R"py(import asyncio


async def load(key):
    await asyncio.sleep(0.1)
    return key


async def handler(key):
    return await load(key)
)py"},
    {"LoopThroughAHelper", "AWD502",
     R"py(import asyncio


async def load(key):
    await asyncio.sleep(0.1)
    return key


def load_now(key):
    return asyncio.run(load(key))


async def handler(key):
    return load_now(key)
)py",
     "load_now(key)\n", "running event loop", "Make load_now() async",
     R"py(import asyncio


async def load(key):
    await asyncio.sleep(0.1)
    return key


async def load_now(key):
    return await load(key)


async def handler(key):
    return await load_now(key)
)py",
     false},
    {"TestThatNeverRuns", "AWD507",
     R"py(import unittest

from shop import load


class LoadTest(unittest.TestCase):
    async def test_load(self):
        self.assertIsNotNone(await load("a"))
)py",
     "test_load", "never", "Derive from",
     R"py(import unittest

from shop import load


class LoadTest(unittest.IsolatedAsyncioTestCase):
    async def test_load(self):
        self.assertIsNotNone(await load("a"))
)py"},
    {"NoTimeout", "AWD601",
     R"py(import asyncio


async def greeting(host):
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(host, 7)
    try:
        return await reader.readline()
    finally:
        writer.close()
)py",
     "reader.readline", "waits for ever", "Wait at most",
     R"py(import asyncio


async def greeting(host):
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(host, 7)
    try:
        async with asyncio.timeout(30):
            return await reader.readline()
    finally:
        writer.close()
)py"},
    {"OnlyTheDefaultTimeout", "AWD601",
     R"py(import httpx


async def forecast():
    async with httpx.AsyncClient() as client:
        answer = await client.get("https://weather.example/tomorrow")
        return answer.json()
)py",
     "httpx.AsyncClient", "5 s", "Pass timeout=10.0",
     R"py(import httpx


async def forecast():
    async with httpx.AsyncClient(timeout=10.0) as client:
        answer = await client.get("https://weather.example/tomorrow")
        return answer.json()
)py"},
    {"TaskNotKept", "AWD701",
     R"py(import asyncio


async def warm_cache():
    await asyncio.sleep(1)


async def serve():
    await asyncio.sleep(60)


async def main():
    asyncio.create_task(warm_cache())
    await serve()
)py",
     "asyncio.create_task", "reference", "Keep the task",
     R"py(import asyncio

background_tasks: set[asyncio.Task] = set()


async def warm_cache():
    await asyncio.sleep(1)


async def serve():
    await asyncio.sleep(60)


async def main():
    task = asyncio.create_task(warm_cache())
    background_tasks.add(task)
    task.add_done_callback(background_tasks.discard)
    await serve()
)py"},
    {"TaskLeftBehind", "AWD702",
     R"py(import asyncio


async def warm_cache():
    await asyncio.sleep(1)


async def serve():
    await asyncio.sleep(60)


async def main():
    warming = asyncio.create_task(warm_cache())
    await serve()
)py",
     "warming", "nobody sees", "Await `warming`",
     R"py(import asyncio


async def warm_cache():
    await asyncio.sleep(1)


async def serve():
    await asyncio.sleep(60)


async def main():
    warming = asyncio.create_task(warm_cache())
    await serve()
    await warming
)py"},
};

INSTANTIATE_TEST_SUITE_P(Sections, Article, testing::ValuesIn(kStories),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace awaitd::server
