// Callables that are decorated, handed on and scheduled: each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Callables, DecoratorsOfTheProject) {
  expect({{"m/__init__.py", ""},
          {"m/deco.py", R"py(
import asyncio
import functools
import time
from functools import wraps

def traced(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        return func(*args, **kwargs)
    return wrapper

def slowly(func):
    def wrapper(*args, **kwargs):
        time.sleep(1)
        return func(*args, **kwargs)
    return wrapper

def threaded(func):
    @wraps(func)
    async def wrapper(*args, **kwargs):
        return await asyncio.to_thread(func, *args, **kwargs)
    return wrapper

def in_executor(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(None, functools.partial(func, *args, **kwargs))
    return wrapper

def synced(func):
    @wraps(func)
    def wrapper(*args, **kwargs):
        return asyncio.run(func(*args, **kwargs))
    return wrapper

def retry(times):
    def decorate(func):
        @wraps(func)
        def wrapper(*args, **kwargs):
            for _ in range(times):
                return func(*args, **kwargs)
        return wrapper
    return decorate

def register(func):
    REGISTRY.append(func)
    return func

REGISTRY = []
)py"},
          {"m/main.py", R"py(
import time
from m.deco import in_executor, register, retry, slowly, synced, threaded, traced

@traced
def a():
    time.sleep(1)

@threaded
def b():
    time.sleep(1)

@in_executor
def c():
    time.sleep(1)

@retry(3)
def d():
    time.sleep(1)

@register
def e():
    time.sleep(1)

@slowly
def f():
    pass

@traced
def g():
    pass

@synced
async def h():
    pass

async def main():
    a()  # error: [AWD110]
    await b()
    await c()
    d()  # error: [AWD110]
    e()  # error: [AWD110]
    f()  # error: [AWD110]
    g()
)py"}});
}

TEST(Callables, WhatIsHandedOn) {
  expect({{"app.py", R"py(
import asyncio
import functools
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

def slow(x=0):
    time.sleep(1)

def make():
    time.sleep(1)
    return slow

def apply(f):
    return f()

class Worker:
    def __init__(self):
        self.pool = ThreadPoolExecutor()

    def work(self):
        time.sleep(1)

    async def run(self):
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.pool, self.work)
        await loop.run_in_executor(None, functools.partial(slow, 1))
        await loop.run_in_executor(None, make())  # error: [AWD110]
        await asyncio.to_thread(functools.partial(self.work))
        self.pool.submit(self.work)
        def nested():
            time.sleep(1)
        await asyncio.to_thread(nested)
        nested()  # error: [AWD110]
        return [slow, self.work]

async def main(items):
    await asyncio.gather(*(asyncio.to_thread(slow, i) for i in (1, 2)))
    await asyncio.gather(*[asyncio.to_thread(lambda: slow(i)) for i in (1, 2)])
    result = apply(lambda: 3)
    return result
)py"}});
}

TEST(Callables, OffloadStopsTheChain) {
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

TEST(Callables, CallbacksRunOnTheLoop) {
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

TEST(Callables, AsyncContextManagersAndInit) {
  expect({{"app.py", R"py(
import time
from contextlib import asynccontextmanager

class Base:
    def __init__(self):
        self.text = open("x").read()

class Sub(Base):
    def __init__(self):
        super().__init__()

class Plain(Base):
    pass

class Own(Base):
    def __init__(self):
        self.text = ""

@asynccontextmanager
async def session():
    time.sleep(1)  # error: [AWD101]
    yield Sub()  # error: [AWD110]

async def main():
    Sub()  # error: [AWD110]
    Plain()  # error: [AWD110]
    Own()
    async with session() as sub:
        sub.text.read()
)py"}});
}

TEST(Callables, MethodsThatAMetaclassElsewhereWraps) {
  expect({{"app/__init__.py", ""},
          {"app/meta.py", R"py(
import asyncio


def in_thread(method):
    def run(*args, **kwargs):
        return asyncio.run(method(*args, **kwargs))

    return run


class Wrapping(type):
    def __init__(cls, name, bases, namespace):
        for key, value in namespace.items():
            setattr(cls, key, in_thread(value))


class Looking(type):
    def __init__(cls, name, bases, namespace):
        for key, value in namespace.items():
            print(cls, key, value)
)py"},
          {"app/client.py", R"py(
import asyncio

from .meta import Looking, Wrapping


class Base(metaclass=Wrapping):
    pass


class Client(Base):
    async def fetch(self):
        await asyncio.sleep(1)


class Plain(metaclass=Looking):
    async def load(self):
        await asyncio.sleep(1)
)py"},
          {"app/main.py", R"py(
from .client import Client, Plain


def main():
    result = Client().fetch()
    print(result.text)
    Client().fetch()
    Plain().load()  # error: [AWD801]
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
