// Calls that do not wait after all: each shape that alarms stands beside one that must not.
#include <gtest/gtest.h>

#include "tests/analysis/memory_project.h"

namespace awaitd::testing {
namespace {

TEST(Waits, AfterItIsDone) {
  expect({{"app.py", R"py(
import asyncio
import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor

def work():
    pass

async def main(pool: ThreadPoolExecutor, thread: threading.Thread, jobs: queue.Queue):
    future = pool.submit(work)
    await asyncio.wrap_future(future)
    future.result()
    other = pool.submit(work)
    other.result()  # error: [AWD108] "asyncio.wrap_future"
    if True:
        third = pool.submit(work)
        if third.done():
            third.result()
    await asyncio.to_thread(thread.join)
    thread.join()
    while jobs.empty():
        await asyncio.sleep(0)
    jobs.get()

async def waits(thread: threading.Thread, jobs: queue.Queue):
    if jobs:
        await asyncio.to_thread(thread.join)
    thread.join()  # error: [AWD108]
    jobs.get()  # error: [AWD108]

async def pooled(loop, items):
    with ThreadPoolExecutor() as pool:  # error: [AWD108 info] "idle"
        done = await asyncio.gather(*(loop.run_in_executor(pool, work) for i in (1, 2)), return_exceptions=True)
    with ThreadPoolExecutor() as pool:  # error: [AWD108]
        futures = [pool.submit(work) for i in items]
        await asyncio.sleep(1)
    return futures, done

class Session:
    def __init__(self):
        self.queue: "queue.Queue[int]" = queue.Queue()
        self.full: queue.Queue[int] = queue.Queue(3)

    async def send(self, item):
        self.queue.put(item)
        self.full.put(item)  # error: [AWD108]
)py"}});
}

TEST(Waits, LocksOverAwaits) {
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

TEST(Waits, NonBlockingCalls) {
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

TEST(Waits, ConditionsThroughConstants) {
  expect({{"app.py", R"py(
import socket

FLAGS = socket.AI_NUMERICHOST
BOTH = FLAGS | socket.AI_PASSIVE
OTHER = socket.AI_PASSIVE

async def main(host):
    socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)
    socket.getaddrinfo(host, 80, flags=FLAGS)
    socket.getaddrinfo(host, 80, 0, 0, 0, BOTH)
    socket.getaddrinfo(host, 80, flags=OTHER)  # error: [AWD106]
    local = FLAGS
    socket.getaddrinfo(host, 80, flags=local)
)py"}});
}

TEST(Waits, InMemoryFiles) {
  expect({{"app.py", R"py(
import gzip
import io
import tarfile
import zipfile

class Buffer(io.BytesIO):
    pass

def pack(data):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as f:
        f.write(data)
    return out.getvalue()

async def main(data):
    pack(data)
    buffer = Buffer()
    with gzip.GzipFile(fileobj=buffer) as f:
        f.read()
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        z.read("a")
    with tarfile.open(fileobj=io.BytesIO(data)) as t:
        t.getnames()
    with gzip.GzipFile("x") as f:  # error: [AWD104]
        f.read()
)py"}});
}

}  // namespace
}  // namespace awaitd::testing
