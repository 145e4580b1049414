"""Between code that awaits and code that does not."""

import asyncio
import threading


async def load(name: str) -> str:
    await asyncio.sleep(0.1)
    return name


async def nested():
    return asyncio.run(load("a"))  # AWD501


def load_now(name: str):
    return asyncio.run(load(name))


async def nested_through_helper():
    return load_now("b")  # AWD502


async def own_loop():
    return asyncio.get_event_loop()  # AWD503


async def wait_for_itself():
    loop = asyncio.get_running_loop()
    return asyncio.run_coroutine_threadsafe(load("c"), loop).result()  # AWD504


def from_a_thread(loaded: asyncio.Event):
    def read():
        loaded.set()  # AWD505

    threading.Thread(target=read).start()


async def later():
    asyncio.get_running_loop().call_later(1, load)  # AWD506


async def enter(lock: asyncio.Lock):
    with lock:  # AWD508
        return 1


def outside():
    return await load("d")  # AWD509


def never_closed():
    loop = asyncio.new_event_loop()  # AWD510
    return loop.run_until_complete(load("e"))


def poll():
    while True:
        print("polling")


async def start_polling():
    await asyncio.to_thread(poll)  # AWD206
