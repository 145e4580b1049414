"""Between code that awaits and code that does not."""

import asyncio
import threading


async def load(name: str) -> str:
    await asyncio.sleep(0.1)
    return name


async def nested():
    return await load("a")


async def nested_through_helper():
    return await load("b")


async def own_loop():
    return asyncio.get_running_loop()


async def wait_for_itself():
    return await load("c")


def from_a_thread(loaded: asyncio.Event, loop: asyncio.AbstractEventLoop):
    def read():
        loop.call_soon_threadsafe(loaded.set)

    threading.Thread(target=read).start()


async def later():
    await asyncio.sleep(1)
    await load("later")


async def enter(lock: asyncio.Lock):
    async with lock:
        return 1


async def outside():
    return await load("d")


def closed():
    return asyncio.run(load("e"))


def poll():
    while True:
        print("polling")


async def start_polling():
    threading.Thread(target=poll, daemon=True).start()
