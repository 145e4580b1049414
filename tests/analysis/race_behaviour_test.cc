// The fixes of family 4xx do what they promise: what the one task stores, the other does not lose.
#include "tests/analysis/behaviour.h"

namespace awaitd::testing {
namespace {

const Behaviour kCases[] = {
    {"AWD401", R"py(
class Bank:
    def __init__(self):
        self.balance = 0
        self.total = 0

    async def price(self):
        await asyncio.sleep(0.01)
        return 1

    async def deposit(self):
        self.balance += await self.price()

    async def add(self):
        total = self.total
        await asyncio.sleep(0.01)
        self.total = total + 1


async def main():
    bank = Bank()
    await asyncio.gather(*[bank.deposit() for _ in range(5)], *[bank.add() for _ in range(5)])
    print(bank.balance, bank.total)


asyncio.run(main())
)py",
     "1 1\n", "5 5\n"},
    {"AWD402", R"py(
class Client:
    def __init__(self):
        self.conn = None
        self.opened = 0

    async def open(self):
        self.opened += 1
        await asyncio.sleep(0.01)
        return object()

    async def connect(self):
        if self.conn is None:
            self.conn = await self.open()


async def main():
    client = Client()
    await asyncio.gather(*[client.connect() for _ in range(5)])
    print(client.opened)


asyncio.run(main())
)py",
     "5\n", "1\n"},
    {"AWD403", R"py(
class Hub:
    def __init__(self):
        self.clients = {}

    def join(self, name):
        self.clients[name] = name

    async def broadcast(self):
        for client in self.clients.values():
            await asyncio.sleep(0.01)
            print(client)


async def main():
    hub = Hub()
    hub.join("a")
    task = asyncio.ensure_future(hub.broadcast())
    await asyncio.sleep(0)
    hub.join("b")
    await task


asyncio.run(main())
)py",
     "...dictionary changed size during iteration", "a\n"},
    {"AWD404", R"py(
class Store:
    def __init__(self):
        self.inside = 0
        self.most = 0

    async def direct(self):
        async with asyncio.Lock():
            await self.write()

    async def local(self):
        limit = asyncio.Semaphore(2)
        async with limit:
            await self.write()

    async def write(self):
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.01)
        self.inside -= 1


async def main():
    for work in (Store.direct, Store.local):
        store = Store()
        await asyncio.gather(*[work(store) for _ in range(5)])
        print(store.most)


asyncio.run(main())
)py",
     "5\n5\n", "1\n2\n"},
    {"AWD404", R"py(
inside = []


async def write():
    async with asyncio.Lock():
        inside.append(1)
        await asyncio.sleep(0.01)
        print(len(inside))
        inside.clear()


async def main():
    await asyncio.gather(write(), write())


asyncio.run(main())
)py",
     "2\n0\n", "1\n1\n"},
    {"AWD405", R"py(
class Connection:
    async def close(self):
        await asyncio.sleep(0.02)


class Client:
    def __init__(self):
        self.conn = Connection()
        self.lock = asyncio.Lock()

    async def reconnect(self):
        async with self.lock:
            await asyncio.sleep(0.01)
            self.conn = Connection()

    async def close(self):
        if self.conn is not None:
            await self.conn.close()
            self.conn = None


async def main():
    client = Client()
    await asyncio.gather(client.close(), client.reconnect())
    print("lost" if client.conn is None else "there")


asyncio.run(main())
)py",
     "lost\n", "there\n"},
    {"AWD406", R"py(
class Store:
    def __init__(self):
        self.lock = asyncio.Lock()

    async def save(self):
        async with self.lock:
            print("first")
            async with self.lock:
                print("second")


async def main():
    watchdog()
    await Store().save()
    print("done")


asyncio.run(main())
)py",
     "first\nhangs\n", "first\nsecond\ndone\n"},
    {"AWD407", R"py(
import aiohttp

session = aiohttp.ClientSession(5)


async def main():
    """Asks once."""
    print(await session.answer())


asyncio.run(main())
)py",
     "...no running event loop", "5\n", "aiohttp", R"py(
import asyncio


class ClientSession:
    def __init__(self, value):
        asyncio.get_running_loop()
        self.value = value

    async def answer(self):
        return self.value
)py"},
    {"AWD408", R"py(
state = threading.local()


async def handle(user):
    state.user = user
    await asyncio.sleep(0.01)
    print(user, state.user)


async def main():
    await asyncio.gather(handle("a"), handle("b"))


asyncio.run(main())
)py",
     "a b\nb b\n", "a a\nb b\n"},
    {"AWD409", R"py(
event = asyncio.Event()


async def work():
    await asyncio.sleep(0.02)
    print("worked")


async def worker():
    while True:
        await event.wait()
        await work()
        event.clear()


async def main():
    task = asyncio.ensure_future(worker())
    event.set()
    await asyncio.sleep(0.01)
    event.set()
    await asyncio.sleep(0.1)
    task.cancel()
    print("end")


asyncio.run(main())
)py",
     "worked\nend\n", "worked\nworked\nend\n"},
    {"AWD410", R"py(
import asyncpg


async def both(connection: asyncpg.Connection):
    return await asyncio.gather(connection.fetch(1), connection.fetch(2))


async def every(connection: asyncpg.Connection, keys):
    return await asyncio.gather(*(connection.fetch(key) for key in keys))


async def main():
    connection = asyncpg.Connection()
    for work in (both(connection), every(connection, [3, 4])):
        try:
            print(await work)
        except RuntimeError as error:
            print(error)
        await asyncio.sleep(0.02)


asyncio.run(main())
)py",
     "busy\nbusy\n", "[1, 2]\n[3, 4]\n", "asyncpg", R"py(
import asyncio


class Connection:
    busy = False

    async def fetch(self, key):
        if self.busy:
            raise RuntimeError("busy")
        self.busy = True
        await asyncio.sleep(0.01)
        self.busy = False
        return key
)py"},
    {"AWD410", R"py(
import asyncpg


async def both(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        return await asyncio.gather(connection.fetch(1), connection.fetch(2), return_exceptions=True)


print(asyncio.run(both(asyncpg.Pool())))
)py",
     "[1, RuntimeError('busy')]\n", "[1, 2]\n", "asyncpg", R"py(
import asyncio
import contextlib


class Connection:
    busy = False

    async def fetch(self, key):
        if self.busy:
            raise RuntimeError("busy")
        self.busy = True
        await asyncio.sleep(0.01)
        self.busy = False
        return key


class Pool:
    @contextlib.asynccontextmanager
    async def acquire(self):
        yield Connection()
)py",
     "", "Take one in each task"},
    {"AWD411", R"py(
async def worker(queue: asyncio.Queue):
    while True:
        item = await queue.get()
        await asyncio.sleep(1 / item)
        queue.task_done()


async def main():
    watchdog()
    queue = asyncio.Queue()
    queue.put_nowait(0)
    task = asyncio.create_task(worker(queue))
    await queue.join()
    print("joined")
    await asyncio.gather(task, return_exceptions=True)


asyncio.run(main())
)py",
     "...hangs", "joined\n", "", "", "", "Call task_done"},
    {"AWD411", R"py(
class Gate:
    def __init__(self):
        self.places = 0
        self.changed = asyncio.Condition()

    async def enter(self):
        async with self.changed:
            if self.places == 0:
                await self.changed.wait()
            self.places -= 1
            return self.places


async def main():
    gate = Gate()
    guests = [asyncio.create_task(gate.enter()) for _ in range(2)]
    await asyncio.sleep(0)
    async with gate.changed:
        gate.places = 1
        gate.changed.notify_all()
    await asyncio.sleep(0.01)
    print([guest.result() if guest.done() else "waits" for guest in guests])
    for guest in guests:
        guest.cancel()


asyncio.run(main())
)py",
     "[0, -1]\n", "[0, 'waits']\n", "", "", "", "Test again"},
    {"AWD411", R"py(
async def send(writer: asyncio.StreamWriter, parts):
    for part in parts:
        writer.write(part)


async def slow(reader, writer):
    await asyncio.sleep(0.2)
    await reader.read()


async def main():
    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    task = asyncio.create_task(send(writer, [bytes(1000000)] * 50))
    await asyncio.sleep(0.05)
    print("in memory" if writer.transport.get_write_buffer_size() > 10000000 else "in turn", flush=True)
    os._exit(0)


asyncio.run(main())
)py",
     "in memory\n", "in turn\n", "", "", "", "Drain"},
    {"AWD411", R"py(
async def main():
    watchdog(3)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print('x' * 1000000)", stdout=asyncio.subprocess.PIPE
    )
    await process.wait()
    print(process.returncode, flush=True)
    os._exit(0)


asyncio.run(main())
)py",
     "...hangs", "0\n"},
};

}  // namespace

std::span<const Behaviour> race_cases() { return kCases; }

}  // namespace awaitd::testing
