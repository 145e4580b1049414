// What runs what, and where (architecture 3.4, 3.5): each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Effects, OverridesOfAnAbstractMethod) {
  expect({{"m/__init__.py", ""},
          {"m/base.py", R"py(
from abc import ABC, abstractmethod

class Backend(ABC):
    @abstractmethod
    def load(self, key): ...

    @abstractmethod
    def name(self): ...

    @property
    @abstractmethod
    def size(self): ...

    def warm(self):
        return self.load("x")

    def plain(self):
        return 1

class Disk(Backend):
    def load(self, key):
        return open(key).read()

    def name(self):
        return "disk"

    @property
    def size(self):
        return len(open("x").read())

class Memory(Backend):
    def load(self, key):
        return key

    def name(self):
        return "memory"

    @property
    def size(self):
        return 0

    def plain(self):
        return 2
)py"},
          {"m/main.py", R"py(
from m.base import Backend, Memory

async def main(backend: Backend, memory: Memory):
    backend.load("x")  # error: [AWD110 probable] "Disk.load()"
    backend.size  # error: [AWD110 probable]
    backend.warm()  # error: [AWD110 probable]
    backend.name()
    backend.plain()
    memory.load("x")
    memory.size
)py"}});
}

TEST(Effects, NotImplementedIsAbstractToo) {
  expect({{"app.py", R"py(
from typing import Protocol

class Source:
    def read(self):
        raise NotImplementedError

    def name(self):
        raise NotImplementedError()

class File(Source):
    def read(self):
        return open("x").read()

    def name(self):
        return "x"

class Reader(Protocol):
    def read(self) -> str: ...

async def main(source: Source, reader: Reader):
    source.read()  # error: [AWD110 probable]
    source.name()
    reader.read()
)py"}});
}

TEST(Effects, PropertiesReadAndWritten) {
  expect({{"m/__init__.py", ""},
          {"m/box.py", R"py(
import functools
from pathlib import Path

class Base:
    @property
    def text(self) -> str:
        return Path("x").read_text()

class Box(Base):
    def __init__(self):
        self._inner = Base()

    @functools.cached_property
    def once(self):
        return open("x").read()

    def _get(self):
        return open("x").read()

    def _set(self, value):
        open("x", "w").write(value)

    value = property(_get, _set)

    @property
    def inner(self):
        return self._inner

    @text.deleter
    def text(self):
        pass
)py"},
          {"m/main.py", R"py(
from m.box import Box, Base

async def main(box: Box, base: Base):
    print(base.text)  # error: [AWD110]
    print(box.inner.text)  # error: [AWD110]
    print(box.value)  # error: [AWD110]
    box.value = "x"  # error: [AWD110]
    base.text += "x"  # error: [AWD110]
    base.other = 1
    print(box.inner)
    return Base.text
)py"}});
}

// A log file for debugging is off where nobody sets the variable, also where the constant stands in another module.
TEST(Effects, ConstantsThatTheEnvironmentSwitchesOn) {
  expect({{"m/__init__.py", ""},
          {"m/constants.py", R"py(
import os

read = os.environ.get
LOG_FILE = read("M_LOG", None)
DATA_FILE = read("M_DATA", "data.txt")
)py"},
          {"m/main.py", R"py(
from m import constants

def log(line):
    if constants.LOG_FILE:
        with open(constants.LOG_FILE, "a") as f:
            f.write(line)

def load():
    if constants.DATA_FILE:
        return open(constants.DATA_FILE).read()

async def main():
    log("x")  # error: [AWD110 info]
    load()  # error: [AWD110]
)py"}});
}

TEST(Effects, CallsInsideArgumentsAndComprehensions) {
  expect({{"app.py", R"py(
import asyncio
import time

def slow(x):
    time.sleep(1)
    return [x]

def quick(x):
    return [x]

async def main(xs):
    print(len(slow(1)))  # error: [AWD110]
    a = [y for y in slow(2)]  # error: [AWD110]
    b = [slow(x) for x in xs]  # error: [AWD110]
    c = {x: slow(x) for x in xs}  # error: [AWD110]
    d = sum(len(slow(x)) for x in xs)  # error: [AWD110]
    e = [y for y in quick(2)]
    f = f"{slow(3)}"  # error: [AWD110]
    for item in slow(4):  # error: [AWD110]
        pass
    await asyncio.sleep(len(slow(5)))  # error: [AWD110]
    await asyncio.to_thread(quick, slow(6))  # error: [AWD110]
    await asyncio.to_thread(slow, 6)
    g = a[0] if slow(7) else b  # error: [AWD110]
    assert slow(8)  # error: [AWD110]
    h = lambda: slow(9)
    return c, d, e, f, g, h
)py"}});
}

TEST(Effects, OperatorsAndSpecialMethods) {
  expect({{"app.py", R"py(
class Row:
    def __getitem__(self, key):
        return open(key).read()

    def __contains__(self, key):
        return open(key).read()

    def __len__(self):
        return len(open("x").read())

    def __eq__(self, other):
        return True

    def __str__(self):
        return open("x").read()

    def __setitem__(self, key, value):
        open(key, "w").write(value)

class Quiet:
    def __getitem__(self, key):
        return key

    def __len__(self):
        return 1

async def main(row: Row, quiet: Quiet):
    row["a"]  # error: [AWD110]
    row["a"] = "b"  # error: [AWD110]
    if "a" in row:  # error: [AWD110]
        pass
    len(row)  # error: [AWD110]
    str(row)  # error: [AWD110]
    quiet["a"]
    len(quiet)
    row == quiet
)py"}});
}

TEST(Effects, SuperAndMixins) {
  expect({{"m/__init__.py", ""},
          {"m/mixins.py", R"py(
class DiskMixin:
    def save(self):
        self._write("x")

    def _write(self, text):
        open("x", "w").write(text)

class QuietMixin:
    def _write(self, text):
        pass
)py"},
          {"m/main.py", R"py(
from m.mixins import DiskMixin, QuietMixin

class Loud(DiskMixin):
    def save(self):
        super().save()

class Hushed(QuietMixin, DiskMixin):
    pass

async def main():
    Loud().save()  # error: [AWD110]
    Hushed().save()
)py"}});
}

TEST(Effects, MethodsThroughBasesAndOverrides) {
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

TEST(Effects, PropertiesConstructorsAndCallables) {
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

TEST(Effects, RecursionEnds) {
  expect({{"a.py", "import b\ndef f(n):\n    return b.g(n)\n"},
          {"b.py", "import a\nimport time\ndef g(n):\n    time.sleep(n)\n    return a.f(n)\ndef quiet(n):\n    return quiet(n)\n"},
          {"main.py", R"py(
import a, b
async def main():
    a.f(1)  # error: [AWD110]
    b.quiet(2)
)py"}});
}

}  // namespace
TEST(Effects, FunctionsUnderAFalseConstantOfAnotherModule) {
  expect({{"flags.py", "SYNC = False\n"}, {"app.py", R"py(
import asyncio
from flags import SYNC

if SYNC:
    def pause():
        asyncio.sleep(1)
else:
    def pause():
        asyncio.sleep(1)  # error: [AWD801]

class Runner:
    if not SYNC:
        def start(self):
            asyncio.sleep(1)  # error: [AWD801]
    else:
        def start(self):
            asyncio.sleep(1)
)py"}});
}

}  // namespace awaitd::testing
