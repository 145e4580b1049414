"""Ships orders, one after the other, until somebody says stop."""

import asyncio
import socket
import sqlite3

orders: asyncio.Queue[int] = asyncio.Queue()
ledger_lock = asyncio.Lock()
ledger: list[int] = []


class Worker:
    def __init__(self, courier: asyncio.Queue[int], archive: str):
        self._courier = courier
        self._archive = archive
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Task[None] | None = None

    async def start(self):
        await self.announce("starting")
        address = await asyncio.get_running_loop().getaddrinfo("carrier.example", 443, type=socket.SOCK_STREAM)
        self._loop = asyncio.create_task(self.run())
        self._cleaning = asyncio.create_task(self.forget_shipped())
        return address

    async def run(self):
        await self._ready.wait()
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.ship(await self.next_order())

    async def next_order(self) -> int:
        await self.announce("waiting")
        return await orders.get()

    async def ship(self, order: int):
        await asyncio.sleep(0.5)
        async with ledger_lock:
            ledger.append(order)
            await self.hand_over(order)

    async def hand_over(self, order: int):
        try:
            async with asyncio.timeout(5):
                await self._courier.put(order)
        except asyncio.CancelledError:
            ledger.remove(order)
            raise

    async def announce(self, what: str):
        await asyncio.sleep(0)
        print(what)

    async def pause(self, seconds: float):
        try:
            await asyncio.sleep(seconds)
        finally:
            self._wake.set()
        return seconds

    async def forget_shipped(self):
        await self.announce("cleaning up")
        await asyncio.to_thread(forget_shipped, self._archive)

    async def flush_soon(self):
        await asyncio.sleep(1)
        await asyncio.to_thread(flush_ledger)

    async def checkpoint(self):
        self._pausing = asyncio.create_task(self.pause(1))
        await asyncio.shield(self._pausing)

    async def ask(self) -> str:
        await self.announce("asking")
        return await asyncio.to_thread(input, "stop? ")

    async def stop(self):
        self._loop.cancel()
        await asyncio.wait([self._loop])
        print("stopped")

    async def abort(self):
        self._cleaning.cancel()
        await asyncio.gather(self._cleaning, return_exceptions=True)
        await self.announce("aborted")


def forget_shipped(archive: str):
    with sqlite3.connect(archive) as shop:
        shop.execute("DELETE FROM orders WHERE shipped = 1")


def flush_ledger():
    with open("ledger.txt", "a") as file:
        file.write(f"{ledger}\n")
