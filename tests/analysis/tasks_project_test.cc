// Tasks and bridging across files: loops by type, loops started behind helpers, frameworks' objects, mixins.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(TasksProject, ALoopOfABaseClassInAnotherFile) {
  expect({{"app/__init__.py", ""},
          {"app/base.py", R"py(
import asyncio


class Base:
    def __init__(self, loop: asyncio.AbstractEventLoop = None):
        self._loop = loop or asyncio.get_event_loop()  # error: [AWD503 info]
)py"},
          {"app/service.py", R"py(
from .base import Base


class Service(Base):
    async def poll(self):
        pass

    def start(self):
        self._loop.create_task(self.poll())  # error: [AWD701] "for `self.poll()`"

    def start_and_keep(self):
        self.task = self._loop.create_task(self.poll())
)py"}});
}

TEST(TasksProject, MarksOfABaseClassInAnotherFile) {
  expect({{"tests/__init__.py", ""},
          {"tests/base.py", R"py(
import pytest


@pytest.mark.asyncio
class Marked:
    pass


class Plain:
    pass
)py"},
          {"tests/test_service.py", R"py(
import pytest

from .base import Marked, Plain


class TestMarked(Marked):
    async def test_it(self):
        assert True


class TestPlain(Plain):
    @pytest.mark.asyncio
    async def test_first(self):
        assert True

    async def test_second(self):  # error: [AWD507]
        assert True
)py"}});
}

TEST(TasksProject, MixinsSayWhatTheyAreMixedInto) {
  expect({{"app/__init__.py", ""},
          {"app/base.py", R"py(
import asyncio
import typing

if typing.TYPE_CHECKING:
    from .client import Client


class Base:
    def __init__(self: "Client"):
        self._loop = asyncio.new_event_loop()
)py"},
          {"app/updates.py", R"py(
import typing

if typing.TYPE_CHECKING:
    from .client import Client


class Updates:
    async def run(self: "Client"):
        pass

    def dispatch(self: "Client", update):
        self._loop.create_task(self.run())  # error: [AWD701]
)py"},
          {"app/client.py", R"py(
from .base import Base
from .updates import Updates


class Client(Updates, Base):
    pass
)py"}});
}

TEST(TasksProject, ALoopStartedBehindHelpers) {
  expect({{"app/__init__.py", ""},
          {"app/bridge.py", R"py(
import asyncio


def run_sync(coro):
    return asyncio.run(coro)


def run_anywhere(coro):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coro)
    raise TypeError("await it")
)py"},
          {"app/store.py", R"py(
from .bridge import run_anywhere, run_sync


class Store:
    async def load(self):
        return 1

    def get(self):
        return run_sync(self.load())

    def get_anywhere(self):
        return run_anywhere(self.load())
)py"},
          {"app/main.py", R"py(
import asyncio

from .store import Store


async def handler(store: Store):
    store.get()  # error: [AWD502] "`Store.get()` -> `run_sync()` -> `asyncio.run()`"
    store.get_anywhere()
    await asyncio.to_thread(store.get)


def script(store: Store):
    return store.get()
)py"}});
}

TEST(TasksProject, AnAsyncFunctionOfAnotherFileAsACallback) {
  expect({{"app/__init__.py", ""},
          {"app/jobs.py", R"py(
async def refresh():
    pass


def beat():
    pass
)py"},
          {"app/main.py", R"py(
import asyncio
import threading

from .jobs import beat, refresh


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(1, refresh)  # error: [AWD506]
    loop.call_later(1, beat)
    threading.Thread(target=refresh).start()  # error: [AWD506]
)py"}});
}

TEST(TasksProject, AnAsyncContextManagerOfAnotherFile) {
  expect({{"app/__init__.py", ""},
          {"app/db.py", R"py(
class Transaction:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *args):
        return None


async def rows():
    yield 1
)py"},
          {"app/main.py", R"py(
from .db import Transaction, rows


async def main():
    with Transaction():  # error: [AWD508]
        pass
    for row in rows():  # error: [AWD508]
        print(row)
    async with Transaction():
        async for row in rows():
            print(row)
)py"}});
}

TEST(TasksProject, APatchElsewhereMayHaveLetLoopsNest) {
  const char* session = R"py(
import asyncio


class Session:
    def config(self, coroutine):
        return asyncio.get_event_loop().run_until_complete(coroutine)  # error: [AWD503 info]
)py";
  expect({{"app/__init__.py", ""},
          {"app/cli.py", "import nest_asyncio\n\nnest_asyncio.apply()\n"},
          {"app/session.py", session},
          {"app/server.py", R"py(
import asyncio

from app.session import Session


async def handler(session: Session, work):
    asyncio.run(work())  # error: [AWD501 info] "unless `nest_asyncio.apply()` came before"
    return session.config(work())  # error: [AWD502 info] "unless `nest_asyncio.apply()` came before"
)py"}});
  expect({{"app/__init__.py", ""},
          {"app/cli.py", "import patches\n\npatches.apply()\n"},
          {"app/session.py", session},
          {"app/server.py", R"py(
import asyncio

from app.session import Session


async def handler(session: Session, work):
    asyncio.run(work())  # error: [AWD501]
    return session.config(work())  # error: [AWD502]
)py"}});
}

TEST(TasksProject, AMethodThatSomeOtherFileMakesAsync) {
  const char* client = R"py(
class Client:
    def make_user(self, name):
        self.users[name] = {}

    def drop_user(self, name):
        del self.users[name]

    async def sync(self, name):
        await self.make_user(name)
        await self.drop_user(name)  # error: [AWD804]
)py";
  expect({{"irc/__init__.py", ""},
          {"irc/client.py", client},
          {"irc/middle.py", "from irc.client import Client\n\n\nclass Middle(Client):\n    pass\n"},
          {"irc/who.py", R"py(
from irc.middle import Middle


class Who(Middle):
    async def make_user(self, name):
        super().make_user(name)
        await self.ask(name)
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
