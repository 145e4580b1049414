// Names, types and effects across files: each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

void expect(std::map<std::string, std::string> files) {
  MemoryProject project(std::move(files));
  EXPECT_EQ(project.mismatches(), "");
}

TEST(Project, HelperInAnotherFile) {
  expect({{"app/__init__.py", ""},
          {"app/io.py", R"py(
import time
from pathlib import Path

def load(path: Path):
    return path.read_text()

def idle():
    return time.monotonic()
)py"},
          {"app/main.py", R"py(
from app.io import load, idle
from app import io
import app.io as other

async def handler(p):
    load(p)  # error: [AWD110] "Path.read_text()"
    io.load(p)  # error: [AWD110] "load()"
    other.load(p)  # error: [AWD110]
    idle()
    return load, io.load
)py"}});
}

TEST(Project, RelativeImportsAndReexports) {
  expect({{"app/__init__.py", "from .core.net import fetch, quiet\n"},
          {"app/core/__init__.py", ""},
          {"app/core/net.py", R"py(
import requests

def fetch(url):
    return requests.get(url, timeout=3)

def quiet(url):
    return requests.Session()
)py"},
          {"app/web/__init__.py", "from ..core import net\n"},
          {"app/web/views.py", R"py(
from .. import fetch, quiet
from ..core.net import fetch as again
from . import net

async def view(url):
    fetch(url)  # error: [AWD110]
    again(url)  # error: [AWD110]
    net.fetch(url)  # error: [AWD110]
    quiet(url)
)py"}});
}

TEST(Project, StarImportsAndTryImports) {
  expect({{"a/__init__.py", ""},
          {"a/fast.py", "import time\ndef work():\n    time.sleep(1)\ndef _hidden():\n    time.sleep(1)\n"},
          {"a/hub.py", "from .fast import *\n"},
          {"a/pick.py", "try:\n    from .fast import work\nexcept ImportError:\n    from .slow import work\n"},
          {"a/main.py", R"py(
from a.hub import *
from a.pick import work as picked

async def main():
    work()  # error: [AWD110] "time.sleep()"
    _hidden()
    picked()  # error: [AWD110 probable]
)py"}});
}

TEST(Project, MethodsThroughBasesAndOverrides) {
  expect({{"m/__init__.py", ""},
          {"m/base.py", R"py(
import abc, time

class Base(abc.ABC):
    def run(self):
        return self.step()

    def step(self):
        time.sleep(1)

    def rest(self):
        return None
)py"},
          {"m/impl.py", R"py(
from .base import Base

class Quiet(Base):
    def step(self):
        return 1

class Loud(Base):
    pass
)py"},
          {"m/main.py", R"py(
from .impl import Loud, Quiet

class Service:
    def __init__(self, loud: Loud):
        self._loud = loud
        self.quiet = Quiet()

    async def work(self):
        self._loud.step()  # error: [AWD110] "Base.step()"
        self.quiet.step()
        self._loud.rest()

async def main():
    Loud().run()  # error: [AWD110]
    Service(Loud())
)py"}});
}

TEST(Project, PropertiesConstructorsAndCallables) {
  expect({{"m/__init__.py", ""},
          {"m/store.py", R"py(
import sqlite3
from pathlib import Path
from dataclasses import dataclass

class Store:
    def __init__(self, path: Path):
        self._text = path.read_text()

    @property
    def size(self):
        return self.read()

    @size.setter
    def size(self, value):
        self.path.write_text(value)

    @property
    def name(self):
        return "x"

    def read(self):
        return open("x").read()

    path: Path

class Lazy:
    def __init__(self):
        self.done = False

    def __call__(self):
        open("x").read()

@dataclass
class Row:
    path: Path

    def text(self):
        return self.path.read_text()
)py"},
          {"m/main.py", R"py(
from m.store import Lazy, Row, Store

async def main(store: Store, row: Row):
    print(store.size)  # error: [AWD110] "property"
    store.size = "3"  # error: [AWD110] "write_text"
    print(store.name)
    Store(None)  # error: [AWD110] "Store.__init__()"
    lazy = Lazy()
    lazy()  # error: [AWD110]
    row.text()  # error: [AWD110]
    bound = store.read
    bound()  # error: [AWD110]
    return store.read
)py"}});
}

TEST(Project, OffloadStopsTheChain) {
  expect({{"main.py", R"py(
import asyncio
import time
import threading
from concurrent.futures import ThreadPoolExecutor

def slow():
    time.sleep(1)

def starts():
    threading.Thread(target=slow).start()

def submits(pool: ThreadPoolExecutor):
    return pool.submit(slow)

def value():
    time.sleep(1)
    return 3

async def main(pool: ThreadPoolExecutor):
    await asyncio.to_thread(slow)
    await asyncio.get_running_loop().run_in_executor(None, slow)
    starts()
    submits(pool)
    await asyncio.to_thread(print, value())  # error: [AWD110]
    await asyncio.to_thread(lambda: slow())

def sync_only():
    slow()

slow()
)py"}});
}

TEST(Project, GeneratorsAndContextManagers) {
  expect({{"main.py", R"py(
import time
from contextlib import contextmanager

def lines():
    time.sleep(1)
    yield 1

def numbers():
    yield 1

@contextmanager
def section():
    time.sleep(1)
    yield 1

class Timed:
    def __enter__(self):
        time.sleep(1)
        return self

    def __exit__(self, *args):
        pass

async def main():
    for line in lines():  # error: [AWD110] "loop over"
        pass
    later = lines()
    for n in numbers():
        pass
    with section():  # error: [AWD110] "Entering"
        pass
    with Timed():  # error: [AWD110]
        pass
    return later
)py"}});
}

TEST(Project, GuardsEndTheChain) {
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

TEST(Project, RecursionEnds) {
  expect({{"a.py", "import b\ndef f(n):\n    return b.g(n)\n"},
          {"b.py", "import a\nimport time\ndef g(n):\n    time.sleep(n)\n    return a.f(n)\ndef quiet(n):\n    return quiet(n)\n"},
          {"main.py", R"py(
import a, b
async def main():
    a.f(1)  # error: [AWD110]
    b.quiet(2)
)py"}});
}

TEST(Project, FactoriesDependsAndConstants) {
  expect({{"app/__init__.py", ""},
          {"app/settings.py", "from pathlib import Path\nROOT = Path('/srv') / 'data'\nNAME = 'x'\n"},
          {"app/deps.py", R"py(
import requests

def get_session():
    return requests.Session()

def make():
    session = get_session()
    return session
)py"},
          {"app/main.py", R"py(
from typing import Annotated
from fastapi import Depends
import requests
from app.settings import NAME, ROOT
from app.deps import get_session, make

Client = requests.Session

async def view(session: requests.Session = Depends(get_session), other: Annotated[requests.Session, Depends(get_session)] = None):
    session.get("u")  # error: [AWD102]
    other.get("u")  # error: [AWD102]
    get_session().post("u")  # error: [AWD102]
    make().post("u")  # error: [AWD102]
    (ROOT / NAME).read_text()  # error: [AWD104]
    NAME.upper()
    Client().get("u")  # error: [AWD102]
    sessions = {"a": requests.Session()}
    sessions["a"].get("u")  # error: [AWD102]
    for s in sessions.values():
        s.get("u")  # error: [AWD102]
)py"}});
}

TEST(Project, CallbacksRunOnTheLoop) {
  expect({{"main.py", R"py(
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

def slow():
    time.sleep(1)

def fast():
    pass

class Echo(asyncio.Protocol):
    def data_received(self, data):
        time.sleep(1)  # error: [AWD111] "data_received()"

    def helper(self):
        time.sleep(1)

async def main(pool: ThreadPoolExecutor):
    loop = asyncio.get_running_loop()
    loop.call_soon(slow)  # error: [AWD111]
    loop.call_later(1, fast)
    loop.call_soon(time.sleep, 1)  # error: [AWD111]
    task = asyncio.create_task(asyncio.sleep(1))
    task.add_done_callback(lambda t: slow())  # error: [AWD111]
    await task
    pool.submit(fast).add_done_callback(lambda f: slow())
)py"}});
}

TEST(Project, LocksOverAwaits) {
  expect({{"main.py", R"py(
import asyncio
import threading

lock = threading.Lock()
tasks_lock = asyncio.Lock()

class A:
    def __init__(self):
        self._lock = threading.RLock()

    async def work(self):
        with self._lock:  # error: [AWD112] "guards nothing"
            await asyncio.sleep(1)

async def main():
    with lock:  # error: [AWD112] "for ever"
        await asyncio.sleep(1)
    with lock:
        x = 1
    await asyncio.sleep(1)
    async with tasks_lock:
        await asyncio.sleep(1)
    with lock:
        async def later():
            await asyncio.sleep(1)
    return x, later
)py"}});
}

TEST(Project, TablesCountMoreThanAVendoredLibrary) {
  expect({{"requests/__init__.py", "def get(url):\n    return url\n"},
          {"docker/Dockerfile", ""},
          {"main.py", R"py(
import docker
import requests

async def main():
    requests.get("u")  # error: [AWD102]
    docker.from_env()  # error: [AWD106]
)py"}});
}

TEST(Project, NonBlockingCalls) {
  expect({{"main.py", R"py(
import os
import socket

class Link:
    def __init__(self):
        self._sock = socket.socket()
        self._sock.setblocking(False)
        self._plain = socket.socket()

    async def read(self):
        self._sock.recv(10)
        self._plain.recv(10)  # error: [AWD106]

async def main(sock: socket.socket):
    try:
        sock.recv(10)
    except (BlockingIOError, InterruptedError):
        pass
    sock.recv(10)  # error: [AWD106]
)py"}});
}

TEST(Project, OnlyWhatIsReachedIsRead) {
  MemoryProject project({{"a/__init__.py", ""},
                         {"a/used.py", "def f():\n    pass\n"},
                         {"a/unused.py", "import time\n"},
                         {"main.py", "from a.used import f\nimport a.unused\nasync def main():\n    f()\n"}});
  project.analyse("main.py");
  for (const std::string& path : project.files->read_paths) EXPECT_NE(path, "/p/a/unused.py");
  EXPECT_EQ(project.project->counters().loaded, 1u);
}

TEST(Project, DependentsAreOutdatedOnlyByWhatTheyCanSee) {
  const std::string quiet = "def f():\n    x = 1\n    return x\n", moved = "\n\ndef f():\n    x = 1  # more\n    return x\n";
  const std::string slow = "import time\ndef f():\n    time.sleep(1)\n";
  MemoryProject project({{"helper.py", quiet}, {"main.py", "import helper\nasync def main():\n    helper.f()\n"}});
  project.edit("helper.py", quiet);
  AnalysisPtr main = project.analyse("main.py");
  EXPECT_TRUE(findings(*main).empty());
  project.edit("helper.py", moved);
  EXPECT_FALSE(outdated(*main));
  EXPECT_EQ(project.project->counters().replaced, 0u);
  project.edit("helper.py", slow);
  EXPECT_TRUE(outdated(*main));
  main = project.analyse("main.py");
  ASSERT_EQ(findings(*main).size(), 1u);
  project.edit("helper.py", quiet);
  main = project.analyse("main.py");
  EXPECT_TRUE(findings(*main).empty());
}

TEST(Project, AnEditInAHelperReachesItsCallersInTheFile) {
  const std::string head = "import time\ndef f():\n    ", tail = "\nasync def main():\n    f()\n";
  MemoryProject project({{"main.py", head + "pass" + tail}});
  EXPECT_TRUE(findings(*project.analyse("main.py")).empty());
  EXPECT_EQ(findings(*project.edit("main.py", head + "time.sleep(1)" + tail)).size(), 1u);
  AnalysisPtr quiet = project.edit("main.py", head + "time.sleeq(1)" + tail);
  EXPECT_TRUE(findings(*quiet).empty());
  AnalysisPtr same = project.edit("main.py", head + "time.sleeqq(1)" + tail);
  EXPECT_LE(work(*same).units_checked, 1u);
}

}  // namespace
}  // namespace awaitd::testing
