// What a class leaves to the code around it: constructor parameters without annotation, attributes of mixins, methods
// that only the classes below define. Each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "analysis/project/called_names.h"
#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

using namespace analysis;

constexpr const char* kClient = R"py(
from app.login import Login

class Client:
    async def signed_in(self, user): ...
    def start(self):
        return Login(self)
)py";

TEST(Makers, AParameterIsWhatTheProjectGives) {
  expect({{"app/__init__.py", ""}, {"app/client.py", kClient}, {"app/login.py", R"py(
class Login:
    def __init__(self, client, retries=3):
        self._client = client

    async def wait(self, user):
        self._client.signed_in(user)  # error: [AWD801]
        await self._client.signed_in(user)
)py"}});
}

TEST(Makers, WhoeverDisagreesMakesItUnknown) {
  expect({{"app/__init__.py", ""},
          {"app/client.py", kClient},
          {"app/other.py", R"py(
from app.login import Login

def make(something):
    return Login(something)
)py"},
          {"app/login.py", R"py(
class Login:
    def __init__(self, client):
        self._client = client

    async def wait(self, user):
        self._client.signed_in(user)
)py"}});
}

TEST(Makers, TestsAndNoneSayNothing) {
  expect({{"app/__init__.py", ""},
          {"app/client.py", kClient},
          {"tests/test_login.py", R"py(
from app.login import Login

class Fake:
    def signed_in(self, user): ...

def test_login():
    Login(Fake())
)py"},
          {"app/late.py", "from app.login import Login\nlater = Login(None)\n"},
          {"app/login.py", R"py(
class Login:
    def __init__(self, client):
        self._client = client

    async def wait(self, user):
        self._client.signed_in(user)  # error: [AWD801]
)py"}});
}

TEST(Makers, ClassesThatInheritTheConstructorAreMadeToo) {
  expect({{"app/__init__.py", ""},
          {"app/base.py", R"py(
class Released:
    def __init__(self, connection):
        self.connection = connection

class AsyncReleased(Released):
    pass

class Named(Released):
    def __init__(self, name, connection):
        super().__init__(connection)
)py"},
          {"app/sync.py", R"py(
from app.base import Released

class Connection:
    def reset(self): ...
    def done(self):
        return Released(self)
)py"},
          {"app/aio.py", R"py(
from app.base import AsyncReleased, Named

class AsyncConnection:
    async def reset(self): ...
    def done(self):
        return AsyncReleased(self)
    def named(self):
        return Named("n", self)
)py"},
          {"app/listen.py", R"py(
from app.base import AsyncReleased

async def listen(event: AsyncReleased):
    await event.connection.reset()
    event.connection.reset()
)py"}});
}

TEST(Makers, AConstructorGivesItToTheOneAboveIt) {
  expect({{"cogs.py", R"py(
class Base:
    def __init__(self, bot):
        self.bot = bot

class Greeter(Base):
    def __init__(self, bot, text):
        super().__init__(bot)

    async def greet(self):
        self.bot.say("hello")  # error: [AWD801]
)py"},
          {"bot.py", R"py(
from cogs import Greeter

class Bot:
    async def say(self, text): ...
    def load(self):
        Greeter(bot=self, text="hi")
)py"}});
}

TEST(Makers, AnEditWhereItIsMade) {
  MemoryProject project(std::map<std::string, std::string>{{"login.py", R"py(
class Login:
    def __init__(self, client):
        self.client = client
    async def wait(self):
        self.client.go()
)py"},
                                                           {"main.py", "from login import Login\n"}});
  EXPECT_EQ(findings(*project.analyse("login.py")).size(), 0u);
  const std::string client = "from login import Login\nclass Client:\n    async def go(self): ...\n";
  project.edit("main.py", client + "Login(Client())\n");
  EXPECT_EQ(findings(*project.analyse("login.py")).size(), 1u);
  project.edit("main.py", client + "Login(5)\n");
  EXPECT_EQ(findings(*project.analyse("login.py")).size(), 0u);
  project.edit("main.py", client + "Login(*[])\n");
  EXPECT_EQ(findings(*project.analyse("login.py")).size(), 0u);
}

TEST(Makers, AnEditInTheSameModule) {
  MemoryProject project(std::map<std::string, std::string>{{"login.py", ""}});
  const std::string text = R"py(
class Client:
    async def go(self): ...
class Login:
    def __init__(self, client):
        self.client = client
    async def wait(self):
        self.client.go()
def make():
    return Login()py";
  project.edit("login.py", text + "5)\n");
  EXPECT_EQ(findings(*project.analyse("login.py")).size(), 0u);
  EXPECT_EQ(findings(*project.edit("login.py", text + "Client())\n")).size(), 1u);
  EXPECT_EQ(findings(*project.edit("login.py", text + "make())\n")).size(), 0u);
}

TEST(Makers, AMixinReadsWhatTheWholeHas) {
  expect({{"app/__init__.py", ""},
          {"app/mixin.py", R"py(
class Messages:
    async def answer(self):
        self.send("x")  # error: [AWD801]
        self.log("x")
        self.missing("x")
)py"},
          {"app/whole.py", R"py(
from app.mixin import Messages

class Transport:
    async def send(self, text): ...

class Whole(Transport, Messages):
    def log(self, text): ...
)py"}});
}

TEST(Makers, MethodsThatOnlyTheClassesBelowDefine) {
  expect({{"app/__init__.py", ""},
          {"app/base.py", R"py(
from abc import ABC

class Provider(ABC):
    pass

class Guess(ABC):
    def __getattr__(self, name): ...
)py"},
          {"app/one.py", R"py(
from app.base import Guess, Provider

class One(Provider):
    async def logout(self): ...
    async def login(self): ...

class Sure(Guess):
    async def logout(self): ...
)py"},
          {"app/two.py", R"py(
from app.base import Provider

class Two(Provider):
    async def logout(self): ...
    def login(self): ...
)py"},
          {"app/main.py", R"py(
from typing import Any
from app.base import Guess, Provider

async def logout(provider: Provider, guess: Guess) -> Any:
    guess.logout()
    provider.login()
    return provider.logout()  # error: [AWD806]
)py"}});
}

TEST(Makers, ObjectsThatOneCanOnlyAwait) {
  expect({{"config.py", R"py(
class Later:
    def __await__(self):
        yield

class Counted:
    def __await__(self):
        yield
    def __add__(self, other): ...

class Pages:
    def __await__(self):
        yield
    def __aiter__(self): ...

class Value:
    def __call__(self) -> Later: ...

class Config:
    def __getattr__(self, name) -> Value: ...
    def counted(self) -> Counted: ...
    def pages(self) -> Pages: ...

async def run(config: Config):
    await config.payday() + config.wait()  # error: [AWD803]
    await config.payday() + await config.wait()
    config.counted() + 1
    async for page in config.pages():
        print(page)
    config.payday()
)py"}});
}

TEST(Makers, WhatAThreadGives) {
  expect({{"main.py", R"py(
import asyncio
import pathlib

def find() -> pathlib.Path: ...

async def run(loop: asyncio.AbstractEventLoop, found):
    path = await asyncio.to_thread(find)
    path.read_text()  # error: [AWD104]
    other = await loop.run_in_executor(None, find)
    other.read_text()  # error: [AWD104]
    third = await loop.run_in_executor(None, found)
    third.read_text()
)py"}});
}

TEST(Makers, WhoHandsOnNeedsItToo) {
  expect({{"main.py", R"py(
async def browse(): ...

class Store:
    def load(self, pages):
        self._documents(pages)
    def keep(self, pages):
        self._pages = self._same(pages)
    def _documents(self, data):
        for item in data:
            print(item)
    def _same(self, data):
        return data

async def run(store: Store):
    pages = browse()  # error: [AWD803]
    store.load(pages)
    kept = browse()
    store.keep(kept)
)py"}});
}

TEST(CalledNames, CallsAndBases) {
  EXPECT_EQ(called_names("x = Thing(1)\nmod._Other (2)\n").size(), 1u);
  EXPECT_EQ(called_names("lower(3)\nrun(other, Thing)\ndef defined(a=1): ...\n").size(), 3u);
  EXPECT_EQ(called_names("class A(Base, mod.Other):\n    pass\n").size(), 2u);
  EXPECT_EQ(called_names("class A():\n    pass\nA()\nA()\n").size(), 1u);
  EXPECT_EQ(called_names("(").size(), 0u);
}

TEST(CalledNames, FilesAreReadOnceAndWhenTheyChange) {
  std::map<std::string, std::string> texts{{"/p/a.py", "A()"}, {"/p/b.py", "B()"}, {"/p/tests/c.py", "A()"}};
  unsigned reads = 0;
  CalledNames names(
      [&] {
        std::vector<std::string> paths;
        for (const auto& [path, text] : texts) paths.push_back(path);
        return paths;
      },
      [&](const std::string& path) {
        ++reads;
        return std::optional(texts[path]);
      });
  EXPECT_EQ(names.files("A"), std::vector<std::string>{"/p/a.py"});
  EXPECT_EQ(names.files("B"), std::vector<std::string>{"/p/b.py"});
  EXPECT_EQ(reads, 2u);
  names.changed("/p/b.py", called_names("A()"));
  EXPECT_EQ(names.files("A"), (std::vector<std::string>{"/p/a.py", "/p/b.py"}));
  texts["/p/d.py"] = "A()";
  names.forget();  // what was said of a text that is not on disk still holds
  EXPECT_EQ(names.files("A"), (std::vector<std::string>{"/p/a.py", "/p/b.py", "/p/d.py"}));
  names.stale("/p/b.py");
  names.forget();
  EXPECT_EQ(names.files("A"), (std::vector<std::string>{"/p/a.py", "/p/d.py"}));
}

// An open document may call what its file on disk does not, whoever asks first.
TEST(CalledNames, WhatIsSaidBeforeTheFirstQuestion) {
  CalledNames names([] { return std::vector<std::string>{"/p/a.py", "/p/b.py"}; },
                    [](const std::string&) { return std::optional<std::string>("A()"); });
  names.changed("/p/b.py", called_names("B()"));
  EXPECT_EQ(names.files("B"), std::vector<std::string>{"/p/b.py"});
}

}  // namespace
}  // namespace awaitd::testing
