"""The accounting system: an old library that knows nothing of async code."""

import asyncio
import threading

import erp


class Accounts:
    def __init__(self, client: erp.Client):
        self._client = client
        self._booked = asyncio.Event()

    async def book(self, order: int):
        self._client.book(order)  # AWD109
        await self.settle(order)

    async def settle(self, order: int) -> int:
        await asyncio.sleep(0.1)
        return order

    def settle_now(self, order: int) -> int:
        return asyncio.run(self.settle(order))

    async def settle_all(self, orders: list[int]):
        first = asyncio.run(self.settle(orders[0]))  # AWD501
        second = self.settle_now(orders[1])  # AWD502
        await asyncio.sleep(0)
        return [first, second]

    async def clock(self) -> float:
        await asyncio.sleep(0)
        return asyncio.get_event_loop().time()  # AWD503

    async def settle_and_wait(self, order: int):
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        return asyncio.run_coroutine_threadsafe(self.settle(order), loop).result()  # AWD504

    def book_in_thread(self, order: int):
        def book():
            self._client.book(order)
            self._booked.set()  # AWD505

        threading.Thread(target=book).start()

    async def settle_later(self, order: int):
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(60, self.settle, order)  # AWD506

    async def locked(self, lock: asyncio.Lock, order: int):
        with lock:  # AWD508
            return await self.settle(order)

    def settled(self, order: int) -> bool:
        return await self.settle(order) == order  # AWD509

    def close(self):
        loop = asyncio.new_event_loop()  # AWD510
        loop.run_until_complete(self.settle(0))

    async def watch(self):
        await asyncio.to_thread(poll)  # AWD206


def poll():
    while True:
        print("polling")
