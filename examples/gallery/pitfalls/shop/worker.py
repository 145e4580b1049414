"""Ships orders, one after the other, until somebody says stop."""

import asyncio
import contextlib
import queue
import socket
import sqlite3
import threading
import time

orders: queue.Queue[int] = queue.Queue()
ledger_lock = threading.Lock()
ledger: list[int] = []


class Worker:
    def __init__(self, courier: asyncio.Queue[int], archive: sqlite3.Connection):
        self._courier = courier
        self._archive = archive
        self._wake = asyncio.Event()
        self._ready = False
        self._loop: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Task[None] | None = None

    async def start(self):
        await self.announce("starting")
        address = socket.gethostbyname("carrier.example")  # AWD106
        self._loop = asyncio.create_task(self.run())
        self._cleaning = asyncio.create_task(self.forget_shipped())
        return address

    async def run(self):
        while not self._ready:  # AWD606
            await asyncio.sleep(0.1)
        while True:
            await self._wake.wait()
            await self.ship(await self.next_order())
            self._wake.clear()  # AWD409

    async def next_order(self) -> int:
        await self.announce("waiting")
        return orders.get()  # AWD108

    async def ship(self, order: int):
        time.sleep(0.5)  # AWD101
        with ledger_lock:  # AWD112
            ledger.append(order)
            await self.hand_over(order)

    async def hand_over(self, order: int):
        try:
            async with asyncio.timeout(5):
                await self._courier.put(order)
        except asyncio.CancelledError:  # AWD301
            ledger.remove(order)

    async def announce(self, what: str):
        with contextlib.suppress(asyncio.CancelledError):  # AWD303
            await asyncio.sleep(0)
        print(what)

    async def pause(self, seconds: float):
        try:
            await asyncio.sleep(seconds)
        finally:
            self._wake.set()
            return seconds  # AWD304

    async def forget_shipped(self):
        await self.announce("cleaning up")
        self._archive.execute("DELETE FROM orders WHERE shipped = 1")  # AWD103

    async def flush_soon(self):
        await self.announce("flushing")
        asyncio.get_running_loop().call_later(1, flush_ledger)  # AWD111

    async def checkpoint(self):
        await asyncio.shield(self.pause(1))  # AWD307

    async def ask(self) -> str:
        await self.announce("asking")
        return input("stop? ")  # AWD107

    async def stop(self):
        self._loop.cancel()
        try:
            await self._loop
        except asyncio.CancelledError:  # AWD302
            print("stopped")

    async def abort(self):
        self._cleaning.cancel()  # AWD308
        await self.announce("aborted")


def flush_ledger():
    with open("ledger.txt", "a") as file:
        file.write(f"{ledger}\n")
