"""The accounting system: an old library that knows nothing of async code."""

import asyncio
import threading

import erp


class Accounts:
    def __init__(self, client: erp.Client):
        self._client = client
        self._booked = asyncio.Event()

    async def book(self, order: int):
        await self._client.book_async(order)
        await self.settle(order)

    async def settle(self, order: int) -> int:
        await asyncio.sleep(0.1)
        return order

    async def settle_all(self, orders: list[int]):
        first = await self.settle(orders[0])
        second = await self.settle(orders[1])
        return [first, second]

    async def clock(self) -> float:
        await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    async def settle_and_wait(self, order: int):
        return await self.settle(order)

    def book_in_thread(self, order: int, loop: asyncio.AbstractEventLoop):
        def book():
            self._client.book(order)
            loop.call_soon_threadsafe(self._booked.set)

        threading.Thread(target=book).start()

    async def settle_later(self, order: int):
        await asyncio.sleep(60)
        await self.settle(order)

    async def locked(self, lock: asyncio.Lock, order: int):
        async with lock:
            return await self.settle(order)

    async def settled(self, order: int) -> bool:
        return await self.settle(order) == order

    def close(self):
        asyncio.run(self.settle(0))

    async def watch(self):
        threading.Thread(target=poll, daemon=True).start()
        await self._booked.wait()


def poll():
    while True:
        print("polling")
