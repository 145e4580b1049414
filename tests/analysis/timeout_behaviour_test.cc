// The fixes of family 6xx do what they promise: the wait ends.
#include "tests/analysis/behaviour.h"

namespace awaitd::testing {
namespace {

const Behaviour kCases[] = {
    {"AWD601", R"py(
async def silent(reader, writer):
    await asyncio.sleep(9)


async def ask(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    return await reader.read(10)


async def main():
    watchdog()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    try:
        await ask(server.sockets[0].getsockname()[1])
    except TimeoutError:
        print("timeout", flush=True)
    os._exit(0)


asyncio.run(main())
)py",
     "hangs\n", "timeout\n"},
    {"AWD601", R"py(
import asyncpg


async def main():
    watchdog()
    connection = asyncpg.Connection()
    try:
        await connection.fetch("select 1")
    except TimeoutError:
        print("timeout")


asyncio.run(main())
)py",
     "hangs\n", "timeout\n", "asyncpg", R"py(
import asyncio


class Connection:
    async def fetch(self, text, timeout=None):
        await asyncio.wait_for(asyncio.sleep(9), timeout)
)py",
     "", "Pass timeout"},
    {"AWD601", R"py(
import redis.asyncio as redis


async def main():
    watchdog()
    client = redis.Redis()
    try:
        print(await client.get("key"))
    except TimeoutError:
        print("timeout")


asyncio.run(main())
)py",
     "hangs\n", "timeout\n", "redis/asyncio", R"py(
import asyncio


class Redis:
    def __init__(self, socket_timeout=None):
        self.socket_timeout = socket_timeout

    async def get(self, key):
        await asyncio.wait_for(asyncio.sleep(9), self.socket_timeout)
)py",
     "", "Pass socket_timeout"},
    {"AWD602", R"py(
async def never():
    await asyncio.get_running_loop().create_future()


async def main():
    watchdog()
    try:
        async with asyncio.timeout(None):
            await never()
    except TimeoutError:
        print("timeout")


asyncio.run(main())
)py",
     "hangs\n", "timeout\n"},
    {"AWD603", R"py(
async def work():
    async with asyncio.timeout(0.01):
        try:
            await asyncio.sleep(9)
        except TimeoutError:
            print("late")
    print("went on")


async def main():
    try:
        await work()
    except TimeoutError:
        print("not caught")


asyncio.run(main())
)py",
     "not caught\n", "late\nwent on\n"},
    {"AWD603", R"py(
async def main():
    try:
        with asyncio.timeout(0.01):
            await asyncio.sleep(9)
    except TimeoutError:
        print("timeout")


asyncio.run(main())
)py",
     "...TypeError", "timeout\n"},
    // Nothing it could end stands in the block: the program is the same without it.
    {"AWD604", R"py(
async def main():
    async with asyncio.timeout(0.01):
        print("counted")
    await asyncio.sleep(0.02)
    print("slept")


asyncio.run(main())
)py",
     "counted\nslept\n", "counted\nslept\n"},
    // As Python 3.10 has it: asyncio's is a class of its own.
    {"AWD605", R"py(
class Own(Exception):
    pass


async def raises_its_own(coroutine, timeout):
    coroutine.close()
    raise Own


asyncio.TimeoutError = Own
asyncio.wait_for = raises_its_own


async def main():
    try:
        await asyncio.wait_for(asyncio.sleep(9), 0.01)
    except TimeoutError:
        print("timeout")


try:
    asyncio.run(main())
except Own:
    print("not caught")
)py",
     "not caught\n", "timeout\n", "", "", "", "Catch asyncio.TimeoutError", 10},
    // Another name for the same class from Python 3.11 on: the handler catches what it caught.
    {"AWD605", R"py(
import concurrent.futures


async def main():
    try:
        await asyncio.wait_for(asyncio.sleep(9), 0.01)
    except concurrent.futures.TimeoutError:
        print("timeout")


asyncio.run(main())
)py",
     "timeout\n", "timeout\n"},
    {"AWD606", R"py(
import time


class Door:
    def __init__(self):
        self._open = False
        self._busy = True

    async def wait(self):
        while not self._open:
            await asyncio.sleep(0.3)

    async def wait_until_idle(self):
        while self._busy:
            await asyncio.sleep(0.3)

    async def push(self):
        self._open = True
        await asyncio.sleep(0.01)
        self._busy = False


async def main():
    watchdog(3)
    door = Door()
    waits = asyncio.gather(door.wait(), door.wait_until_idle())
    await asyncio.sleep(0.01)
    start = time.monotonic()
    await door.push()
    await waits
    print("late" if time.monotonic() - start > 0.2 else "at once")
    await door.wait()  # nothing to wait for any more


asyncio.run(main())
)py",
     "late\n", "at once\n"},
    {"AWD606", R"py(
tries = 0


async def refused():
    global tries
    tries += 1
    await asyncio.sleep(0)
    raise ConnectionRefusedError


async def connect():
    while True:
        try:
            return await refused()
        except OSError:
            pass


print(asyncio.run(cancel(connect(), 0.05)), "flood" if tries > 5 else "calm")
)py",
     "cancelled flood\n", "cancelled calm\n"},
};

}  // namespace

std::span<const Behaviour> timeout_cases() { return kCases; }

}  // namespace awaitd::testing
