// Coroutines across files, and the table of outside coroutine functions: each shape that alarms stands beside one that
// must not.
#include "analysis/knowledge/coroutines.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/knowledge/embedded.h"
#include "analysis/knowledge/knowledge.h"
#include "analysis/knowledge/rows.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

TEST(Coroutines, FunctionsOfOtherFiles) {
  expect({{"app/__init__.py", "from .net import fetch\n"},
          {"app/net.py", R"py(
async def fetch(url):
    return url

def plain(url):
    return url

def later(url):
    return fetch(url)

async def pages():
    yield 1
)py"},
          {"app/main.py", R"py(
import app.net as net
from app import fetch
from .net import fetch as again, later, pages, plain

async def main(url):
    fetch(url)  # error: [AWD801]
    net.fetch(url)  # error: [AWD801]
    again(url)  # error: [AWD801]
    later(url)  # error: [AWD801]
    plain(url)
    pages()
    if fetch(url):  # error: [AWD803]
        return again(url)  # error: [AWD806]
    data = later(url)  # error: [AWD803]
    await plain(url)  # unknown: it gives back its argument
    return data["x"]

def sync(url):
    return fetch(url)
)py"}});
}

TEST(Coroutines, MethodsThroughAttributesPropertiesAndBases) {
  expect({{"app/__init__.py", ""},
          {"app/store.py", R"py(
from __future__ import annotations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .core import Core

class Part:
    def __init__(self, core: Core) -> None:
        self.core = core

    async def load(self):
        pass

    def close(self):
        pass

class Store(Part):
    async def save(self):
        self.core.store.load()  # error: [AWD801]
        self.core.other.load()  # error: [AWD801]
        self.core.store.close()
        self.core.unknown.load()
)py"},
          {"app/core.py", R"py(
from .store import Store

class Core:
    def __init__(self, thing):
        self._store: Store | None = None
        self.other = Store(self)
        self.unknown = thing

    @property
    def store(self) -> Store:
        if self._store is None:
            raise RuntimeError
        return self._store

    @store.setter
    def store(self, value: Store) -> None:
        self._store = value

async def main(thing):
    core = Core(thing)
    core.store.save()  # error: [AWD801]
    core.store.close()
)py"}});
}

TEST(Coroutines, DecoratorsOfOtherFiles) {
  expect({{"app/__init__.py", ""},
          {"app/jobs.py", R"py(
import asyncio
import functools
import inspect

class Job:
    def __init__(self, name):
        self.name = name

    def __call__(self, method):
        @functools.wraps(method)
        async def wrapper(*args):
            return await method(*args)
        return wrapper

def synced(function):
    @functools.wraps(function)
    def wrapper(*args):
        return asyncio.run(function(*args))
    return wrapper

def both(function):
    if inspect.iscoroutinefunction(function):
        async def wrapper(*args):
            return await function(*args)
    else:
        def wrapper(*args):
            return function(*args)
    return wrapper

def task(function):
    def wrapper(*args):
        return asyncio.ensure_future(function(*args))
    return wrapper
)py"},
          {"app/main.py", R"py(
from .jobs import Job, both, synced, task

@Job(name="one")
async def one():
    pass

@synced
async def two():
    pass

@both
async def three():
    pass

@both
def plain():
    pass

@task
async def four():
    pass

async def main():
    one()  # error: [AWD801]
    two()  # error: [AWD502]
    three()  # error: [AWD801]
    plain()
    four()
)py"}});
}

TEST(Coroutines, TypesFlowOutOfLibraries) {
  expect({{"main.py", R"py(
import aiohttp
import httpx
import openai
import redis.asyncio as redis
from playwright.async_api import async_playwright
from sqlalchemy.ext.asyncio import AsyncSession


async def browse(url):
    async with async_playwright() as p:
        browser = await p.chromium.launch()
        page = await browser.new_page()
        page.goto(url)  # error: [AWD801]
        page.locator("a").click()  # error: [AWD801]
        browser.close()  # error: [AWD801]  # error: [AWD601 info]
        page.is_closed()
        if page.locator("a").count() > 1:  # error: [AWD803]
            return page.url
    return (await page.content()).strip()  # error: [AWD601 info]


async def ask(client: openai.AsyncOpenAI):
    answer = client.chat.completions.create(model="x", messages=[])  # error: [AWD803]  # error: [AWD601 info probable]
    return answer.choices[0]


async def cached(client: redis.Redis, key):
    if client.exists(key):  # error: [AWD803]
        client.delete(key)  # error: [AWD801]
    async with client.pipeline() as pipe:
        pipe.set(key, 1)
        pipe.expire(key, 3)
        await pipe.execute()


async def stored(session: AsyncSession, row):
    session.add(row)
    session.commit()  # error: [AWD801]
    session.expunge(row)


async def posted(session: aiohttp.ClientSession, client: httpx.AsyncClient):
    async with client.stream("GET", "/") as response:
        response.aread()  # error: [AWD801]
        response.raise_for_status()
)py"}});
}

// The names of a fact are the table's own text, whatever was put together on the way to the base that has it.
TEST(Coroutines, FactsOfInheritedMethodsNameTheirOwner) {
  const auto fact = analysis::call_fact("azure.identity.aio.DefaultAzureCredential.close");
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->owner, "azure.identity.aio.ChainedTokenCredential");
  const auto holds_it = [&](const analysis::EmbeddedFile& file) {
    return fact->owner.data() >= file.text.data() && fact->owner.data() < file.text.data() + file.text.size();
  };
  EXPECT_TRUE(
      std::any_of(analysis::knowledge_files, analysis::knowledge_files + analysis::knowledge_files_count, holds_it));
}

TEST(Coroutines, AbstractMethodsAndTypeVariables) {
  expect({{"app/__init__.py", ""},
          {"app/base.py", R"py(
from abc import ABC, abstractmethod
from typing import Any, Coroutine, TypeVar

T = TypeVar("T")

class Driver(ABC):
    @abstractmethod
    async def get(self, key): ...

    @abstractmethod
    def query(self, text) -> Coroutine:
        raise NotImplementedError()

    @abstractmethod
    def name(self) -> str: ...

    @classmethod
    @abstractmethod
    async def make(cls, name: str | None) -> "Driver": ...

def get_impl(cls: type[T], name: str) -> type[T]:
    return load(cls, name)

def get_any(cls: type[T], name: str) -> T:
    return load(cls, name)()
)py"},
          {"app/main.py", R"py(
from .base import Driver, get_any, get_impl

Impl = get_impl(Driver, "sql")
driver = get_any(Driver, "sql")

async def user(request):
    return request

async def main(own: Driver, request):
    own.get(1)  # error: [AWD801]
    own.name()
    rows, _ = own.query("select")  # error: [AWD803]
    driver.get(1)  # error: [AWD801]
    driver.name()
    Impl.make("x")  # error: [AWD801]
    name = user(request)  # error: [AWD803]
    return await Impl.make(name)
)py"}});
}

TEST(Coroutines, WhatIsDeclaredAndWhatIsNotThere) {
  expect({{"app/__init__.py", ""},
          {"app/store.py", R"py(
from abc import ABC

class Named(ABC):
    name = ""

class Addon(Named):
    async def uninstall(self): ...

class Plain(Named):
    def install(self): ...

class Dynamic:
    def __getattr__(self, name):
        return print

class Repo:
    async def save(self): ...

class Repos:
    docs: Repo
    loose: "Anything"

    def __init__(self, git):
        self.docs = git.repository()
        self.loose = git.repository()
)py"},
          {"app/main.py", R"py(
from .store import Addon, Dynamic, Plain, Repos

async def main(either: Addon | Plain, odd: Addon | Dynamic, repos: Repos):
    either.uninstall()  # error: [AWD801]
    either.install()
    odd.uninstall()
    repos.docs.save()  # error: [AWD801]
    repos.loose.save()
)py"}});
}

TEST(Coroutines, CallbacksThatAreSaidToBeAwaited) {
  expect({{"app/__init__.py", ""}, {"app/main.py", R"py(
from typing import Awaitable, Callable, Optional

Handler = Callable[[str], Awaitable[None]]

class Bus:
    def __init__(self, on_message: Handler, on_close: Optional[Callable[[], Awaitable[None]]], log: Callable[[str], None]):
        self.on_message = on_message
        self.on_close = on_close
        self.log = log

    def route(self, path: str) -> Handler:
        return lambda f: f

    async def close(self, text):
        self.on_message(text)  # error: [AWD801]
        await self.on_message(text)
        if self.on_close:
            self.on_close()  # error: [AWD801]
        self.log(text)
        self.route("/")(self.log)
)py"}});
}

TEST(Coroutines, BranchesThatNeverRun) {
  expect({{"app/__init__.py", ""}, {"app/const.py", "IS_SYNC = False\n"}, {"app/main.py", R"py(
from .const import IS_SYNC

async def load(): ...

class Client:
    async def open(self): ...

    def start(self):
        if IS_SYNC:
            self.open()
        else:
            self.open()  # error: [AWD801]

    async def stop(self):
        if True:
            await self.open()
        else:
            self.open()

    def close(self):
        self.open()  # type: ignore[unused-coroutine]
        self.open()  # type: ignore[attr-defined]  # error: [AWD801]

if __name__ == "__main__":
    load()  # error: [AWD801]
)py"}});
}

TEST(Coroutines, StarImportsHideWhatCameBefore) {
  expect({{"app/__init__.py", ""},
          {"app/context.py", R"py(
class Context:
    async def send(self, text): ...
)py"},
          {"app/late.py", R"py(
from outside import *
from .context import *
)py"},
          {"app/early.py", R"py(
from .context import *
from outside import *
)py"},
          {"app/main.py", R"py(
from . import early, late

async def main(a: late.Context, b: early.Context):
    a.send("x")  # error: [AWD801]
    b.send("x")
)py"}});
}

TEST(Coroutines, ModelsOfDjango) {
  expect({{"app/__init__.py", ""}, {"app/main.py", R"py(
from django.db import models

class Note(models.Model):
    text = models.TextField()

async def main(note: Note):
    note.asave()  # error: [AWD801]
    Note.objects.filter(text="").adelete()  # error: [AWD801]
    await Note.objects.acreate(text="x")
    return Note.objects.acreate(text="x")  # error: [AWD806]
)py"}});
}

TEST(CoroutineTable, KnowsWhatCallsGive) {
  EXPECT_EQ(call_fact("asyncio.sleep")->gives, Gives::coroutine);
  EXPECT_EQ(call_fact("asyncio.StreamWriter.write")->gives, Gives::plain);
  EXPECT_EQ(call_fact("aiohttp.ClientSession.get")->gives, Gives::awaitable);
  EXPECT_EQ(call_fact("httpx.AsyncClient.stream")->gives, Gives::manager);
  EXPECT_EQ(call_fact("httpx.Response.aiter_bytes")->gives, Gives::generator);
  EXPECT_EQ(call_fact("asyncio.PriorityQueue.put")->gives, Gives::coroutine) << "by its base";
  EXPECT_FALSE(call_fact("redis.asyncio.client.Pipeline.get")) << "an override nobody can be sure of";
  EXPECT_FALSE(call_fact("asyncio.slee"));
  EXPECT_FALSE(call_fact("asyncio"));
  EXPECT_FALSE(call_fact(""));
  EXPECT_FALSE(call_fact("a.b.c.d"));
  EXPECT_FALSE(call_fact("zzz.zzz"));
  EXPECT_EQ(result_classes(*call_fact("httpx.AsyncClient.get"), "httpx.AsyncClient.get"),
            std::vector<std::string>{"httpx.Response"});
  EXPECT_EQ(coroutine_use("builtins.len").role, CoroutineRole::value);
  EXPECT_EQ(coroutine_use("nothing.here").role, CoroutineRole::none);
}

TEST(CoroutineTable, EveryRowIsFoundAndLeadsSomewhere) {
  for (unsigned i = 0; i < knowledge_files_count; ++i) {
    if (!is_in_place_table(knowledge_files[i].name)) continue;
    bool calls = knowledge_files[i].name == "coroutines.tsv";
    for_each_line(knowledge_files[i].text, [&](int number, std::string_view line) {
      std::string_view name = line.substr(0, line.find('\t'));
      bool found = calls ? has_async_row(name) : coroutine_use(name).role != CoroutineRole::none;
      EXPECT_TRUE(found) << knowledge_files[i].name << ":" << number;
    });
  }
}

}  // namespace
}  // namespace awaitd::testing
