// The fixes of family 3xx do what they promise: each program runs in Python as it is and with the first fix of the
// rule.
#include "tests/analysis/behaviour.h"

namespace awaitd::testing {
namespace {

const Behaviour kCases[] = {
    {"AWD301", R"py(
async def work():
    try:
        await asyncio.sleep(0.1)
    except BaseException:
        print("caught")
    await asyncio.sleep(0.1)


print(asyncio.run(cancel(work())))
)py",
     "caught\nwent on\n", "cancelled\n"},
    {"AWD301", R"py(
async def work():
    try:
        await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        print("caught")
    await asyncio.sleep(0.1)


async def outer():
    await work()


print(asyncio.run(cancel(outer())))
)py",
     "caught\nwent on\n", "caught\ncancelled\n"},
    {"AWD302", R"py(
async def slow():
    try:
        await asyncio.sleep(1)
    finally:
        await asyncio.sleep(0.1)


async def stop():
    task = asyncio.ensure_future(slow())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(0.1)


print(asyncio.run(cancel(stop())))
)py",
     "went on\n", "cancelled\n"},
    {"AWD303", R"py(
async def work():
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)


async def outer():
    await work()


print(asyncio.run(cancel(outer())))
)py",
     "went on\n", "cancelled\n"},
    {"AWD306", R"py(
async def main():
    lock = asyncio.Lock()

    async def work():
        await lock.acquire()
        await asyncio.sleep(0.1)
        lock.release()

    await cancel(work())
    print("locked", lock.locked())


asyncio.run(main())
)py",
     "locked True\n", "locked False\n"},
    {"AWD306", R"py(
class Limit:
    taken = 0

    async def acquire(self):
        self.taken += 1

    async def release(self):
        self.taken -= 1


class Command:
    def __init__(self):
        self.limit = Limit()

    async def run(self):
        await self.limit.acquire()
        await asyncio.sleep(0.1)
        await self.limit.release()


async def main():
    command = Command()
    print(await cancel(command.run()), command.limit.taken)


asyncio.run(main())
)py",
     "cancelled 1\n", "cancelled 0\n", "", "", "", "Release it in a finally"},
    {"AWD306", R"py(
class Worker:
    def __init__(self):
        self.busy = False

    async def run(self):
        if self.busy:
            return "busy"
        self.busy = True
        await asyncio.sleep(0.05)
        self.busy = False
        return "done"


async def main():
    worker = Worker()
    await cancel(worker.run())
    print(await worker.run())


asyncio.run(main())
)py",
     "busy\n", "done\n", "", "", "", "Set it back in a finally"},
    {"AWD308", R"py(
async def work():
    try:
        await asyncio.sleep(1)
    finally:
        print("ended")


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    print("done")


asyncio.run(main())
)py",
     "done\nended\n", "ended\ndone\n"},
    {"AWD313", R"py(
async def main():
    limit = asyncio.Semaphore(1)

    async def work():
        await limit.acquire()
        try:
            await asyncio.sleep(0.1)
        except Exception:
            limit.release()
            raise
        limit.release()

    print(await cancel(work()))
    print("locked", limit.locked())


asyncio.run(main())
)py",
     "cancelled\nlocked True\n", "cancelled\nlocked False\n"},
    {"AWD314", R"py(
class Cache:
    def __init__(self):
        self.loading = None

    async def get(self):
        if self.loading is None:
            self.loading = asyncio.ensure_future(self.load())
        return await self.loading

    async def load(self):
        await asyncio.sleep(0.1)
        return "loaded"


async def main():
    cache = Cache()
    other = asyncio.ensure_future(cache.get())
    await cancel(cache.get())
    await asyncio.wait([other])
    print("cancelled" if other.cancelled() else other.result())


asyncio.run(main())
)py",
     "cancelled\n", "loaded\n"},
    {"AWD304", R"py(
async def work():
    try:
        await asyncio.sleep(0.1)
    finally:
        print("cleaned")
        return "done"


print(asyncio.run(cancel(work())))
)py",
     "cleaned\nwent on\n", "cleaned\ncancelled\n"},
    {"AWD304", R"py(
async def work():
    for _ in range(2):
        try:
            await asyncio.sleep(0.1)
        finally:
            continue


print(asyncio.run(cancel(work())))
)py",
     "went on\n", "cancelled\n"},
    {"AWD307", R"py(
async def save():
    try:
        await asyncio.get_running_loop().create_future()
    except GeneratorExit:
        print("lost")
        raise
    except asyncio.CancelledError:
        print("kept to the end")
        raise


async def work():
    await asyncio.shield(save())


async def main():
    print(await cancel(work()))
    gc.collect()


logging.disable(logging.CRITICAL)
asyncio.run(main())
)py",
     "cancelled\nlost\n", "cancelled\nkept to the end\n"},
    {"AWD310", R"py(
async def rows(lock):
    async with lock:
        yield 1
        yield 2


async def main():
    lock = asyncio.Lock()
    async for row in rows(lock):
        if row == 1:
            break
    print("locked", lock.locked())


asyncio.run(main())
)py",
     "locked True\n", "locked False\n"},
    {"AWD311", R"py(
async def rows():
    try:
        yield 1
        yield 2
    finally:
        print("closed")


async def main():
    async for row in rows():
        if row == 1:
            break
    print("behind the loop")


asyncio.run(main())
)py",
     "behind the loop\nclosed\n", "closed\nbehind the loop\n"},
};

}  // namespace

std::span<const Behaviour> cancellation_cases() { return kCases; }

}  // namespace awaitd::testing
