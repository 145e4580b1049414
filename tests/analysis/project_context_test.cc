// When code runs: start-up, dead branches, conditions of blocking calls. Each shape that alarms stands beside one that
// must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Context, MainBeforeTheFirstTask) {
  expect({{"app.py", R"py(
import asyncio
import time
import requests

def load():
    return open("x").read()

async def init():
    return 1

async def serve():
    await asyncio.sleep(1)

async def main():
    time.sleep(1)  # error: [AWD101 info] "delays the start"
    load()  # error: [AWD110 info] "delays the start"
    await init()
    requests.get("u", timeout=3)  # error: [AWD102 info]
    server = await asyncio.start_server(print, "h", 1)
    time.sleep(1)  # error: [AWD101]
    load()  # error: [AWD110]
    await server.serve_forever()

async def other():
    time.sleep(1)  # error: [AWD101]
    await serve()
    time.sleep(1)  # error: [AWD101]

async def looping():
    while True:
        time.sleep(1)  # error: [AWD101]
        await serve()

if __name__ == "__main__":
    asyncio.run(main())
    asyncio.run(looping())
)py"},
          {"trio_app.py", R"py(
import time
import trio

async def main():
    time.sleep(1)  # error: [AWD101 info]
    async with trio.open_nursery() as nursery:
        time.sleep(1)  # error: [AWD101]

trio.run(main)
)py"}});
}

TEST(Context, LifespansAndHandlers) {
  expect({{"app.py", R"py(
import time
from contextlib import asynccontextmanager
from fastapi import FastAPI
from starlette.applications import Starlette

def load():
    return open("x").read()

@asynccontextmanager
async def lifespan(app: FastAPI):
    load()  # error: [AWD110 info]
    yield
    time.sleep(1)  # error: [AWD101]

@asynccontextmanager
async def life(app):
    time.sleep(1)  # error: [AWD101 info]
    yield

@asynccontextmanager
async def session(app):
    time.sleep(1)  # error: [AWD101]
    yield

async def prepare():
    time.sleep(1)  # error: [AWD101 info]

async def unrelated():
    time.sleep(1)  # error: [AWD101]

app = FastAPI(lifespan=life)
other = Starlette(on_startup=[prepare], on_shutdown=[unrelated])

@app.on_event("startup")
def on_startup():
    load()  # error: [AWD110 info]

@app.on_event("startup")
async def later():
    load()  # error: [AWD110 info]

@app.on_event("shutdown")
async def bye():
    load()  # error: [AWD110]

@app.get("/")
async def view():
    load()  # error: [AWD110]
)py"},
          {"web.py", R"py(
import time
from aiohttp import web

async def init(app):
    time.sleep(1)  # error: [AWD101 info]

async def handler(request):
    time.sleep(1)  # error: [AWD101]

app = web.Application()
app.on_startup.append(init)
app.router.add_get("/", handler)
)py"},
          {"bot.py", R"py(
import time
from discord.ext import commands

class Bot(commands.Bot):
    async def setup_hook(self):
        time.sleep(1)  # error: [AWD101 info]

    async def on_message(self, message):
        time.sleep(1)  # error: [AWD101]
)py"}});
}

TEST(Context, DeadBranches) {
  expect({{"conf.py", "DEBUG = False\nTRACE = True\nCHANGED = False\n\ndef switch():\n    global CHANGED\n    CHANGED = True\n"},
          {"app.py", R"py(
import asyncio
import os
import sys
import time
from conf import CHANGED, DEBUG, TRACE

LOCAL = False
FLAG = os.environ.get("FLAG")

def slow():
    time.sleep(1)

def helper():
    if DEBUG:
        time.sleep(1)

async def main():
    if False:
        time.sleep(1)
    if 0:
        slow()
    if True:
        time.sleep(1)  # error: [AWD101]
    else:
        time.sleep(1)
    if LOCAL:
        time.sleep(1)
    if not LOCAL:
        time.sleep(1)  # error: [AWD101]
    if DEBUG:
        slow()
    if not TRACE:
        slow()
    if CHANGED:
        slow()  # error: [AWD110]
    if FLAG:
        slow()  # error: [AWD110]
    helper()
    while False:
        slow()
    slow() if DEBUG else None
    if DEBUG and FLAG:
        slow()
    if sys.platform == "win32":
        time.sleep(1)  # error: [AWD101 probable]
    if sys.version_info < (3, 8):
        time.sleep(1)
    if sys.version_info >= (3, 9):
        await asyncio.to_thread(slow)
    else:
        slow()
    if sys.version_info >= (3, 12):
        slow()  # error: [AWD110]

async def early():
    if sys.version_info >= (3, 8):
        await asyncio.sleep(1)
        return
    time.sleep(1)

async def parameter(DEBUG):
    if DEBUG:
        slow()  # error: [AWD110]
)py"}});
}

TEST(Context, LazyIteratorsAndTheirReaders) {
  expect({{"app.py", R"py(
import asyncio
from pathlib import Path

def files(path: Path):
    return path.iterdir()

def count(path: Path):
    return len(list(path.iterdir()))

def looped(path: Path):
    for p in path.rglob("*"):
        print(p)

async def main(path: Path):
    entries = path.iterdir()
    await asyncio.to_thread(list, path.rglob("*"))
    await asyncio.to_thread(list, entries)
    walker = path.walk()
    kept = files(path)
    count(path)  # error: [AWD110]
    looped(path)  # error: [AWD110]
    for p in path.iterdir():  # error: [AWD104]
        print(p)
    return walker, kept
)py"}});
}

TEST(Context, ParametersThatDecide) {
  expect({{"m.py", R"py(
import time

def save(path, sync=False, *, log=None, wait: bool = True):
    if sync:
        open(path).read()

def leave(path, wait: bool = True):
    if not wait:
        return
    time.sleep(1)

def logged(text, log=None):
    if log is not None:
        open(log).read()

def both(path, fast=True):
    if fast:
        time.sleep(1)
    else:
        open(path).read()

def outer(path):
    save(path)

def lines(path, slow=True):
    if slow:
        time.sleep(1)
    yield path

class Store:
    def get(self, key, cached=True):
        if not cached:
            return open(key).read()
        return key

    def rebound(self, cached=True):
        cached = bool(self)
        if cached:
            open("x").read()
)py"},
          {"app.py", R"py(
from m import Store, both, leave, lines, logged, outer, save

async def main(path, store: Store, flag, options):
    save(path)
    save(path, False)
    save(path, sync=False)
    save(path, True)  # error: [AWD110]
    save(path, sync=flag)  # error: [AWD110]
    save(path, **options)  # error: [AWD110]
    leave(path, wait=False)
    leave(path)  # error: [AWD110]
    logged("x")
    logged("x", log=None)
    logged("x", "file")  # error: [AWD110]
    logged("x", path)  # error: [AWD110]
    both(path)  # error: [AWD110] "time.sleep()"
    both(path, fast=False)  # error: [AWD110] "open()"
    outer(path)
    for line in lines(path, slow=False):
        print(line)
    for line in lines(path):  # error: [AWD110]
        print(line)
    store.get("a")
    store.get("a", False)  # error: [AWD110]
    store.get("a", cached=False)  # error: [AWD110]
    store.rebound(False)  # error: [AWD110]
)py"}});
}

TEST(Context, WhereNoLoopRuns) {
  expect({{"app.py", R"py(
import asyncio
import time

def get_running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None

def drain():
    if get_running_loop() is not None:
        return asyncio.sleep(0)
    else:
        time.sleep(1)

def other():
    loop = get_running_loop()
    if loop is None:
        time.sleep(1)

def wrong():
    if get_running_loop() is not None:
        time.sleep(1)

async def main():
    await drain()
    other()
    wrong()  # error: [AWD110]
)py"}});
}

TEST(Context, NoqaWithoutAColon) {
  expect({{"app.py", R"py(
import time

async def main():
    time.sleep(1)  # noqa ASYNC251
    time.sleep(1)  # noqa
    time.sleep(1)  # noqa: ASYNC251
    time.sleep(1)  # noqa:F401  # error: [AWD101]
    time.sleep(1)  # noqa: E501  # error: [AWD101]
    time.sleep(1)  # noqable  # error: [AWD101]
)py"}});
}

TEST(Context, AnOpenTripleQuoteLeavesDoubt) {
  const std::string head = "import time\nasync def a():\n    time.sleep(1)\n";
  const std::string doc = "async def b():\n    \"\"\"Waits.\n\n    time.sleep(2)\n    \"\"\"\n    time.sleep(3)\n";
  const std::string broken = "def c():\n    \"\"\"\n    return 1\n";
  MemoryProject project({{"app.py", head + broken + doc}});
  std::vector<std::string> lines;
  const analysis::AnalysisPtr open = project.analyse("app.py");
  for (const analysis::Finding& f : findings(*open)) EXPECT_LT(f.range.start, head.size());
  const analysis::AnalysisPtr whole = project.edit("app.py", head + "def c():\n    return 1\n" + doc);
  EXPECT_EQ(findings(*whole).size(), 2u);
}

TEST(Context, ConstructorsInOtherMethods) {
  const std::string head = "import queue\nclass A:\n    def __init__(self):\n        self.q = queue.Queue(";
  const std::string tail = ")\n\n    async def put(self):\n        self.q.put(1)\n";
  MemoryProject project({{"app.py", head + "maxsize=0" + tail}});
  EXPECT_EQ(findings(*project.analyse("app.py")).size(), 0u);
  EXPECT_EQ(findings(*project.edit("app.py", head + "maxsize=3" + tail)).size(), 1u);
  EXPECT_EQ(findings(*project.edit("app.py", head + tail)).size(), 0u);
}

TEST(Context, GuardsEndTheChain) {
  expect({{"main.py", R"py(
import asyncio
import time
from typing import TYPE_CHECKING

def careful():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        time.sleep(1)

def typed():
    if TYPE_CHECKING:
        time.sleep(1)

async def main():
    careful()
    typed()
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
