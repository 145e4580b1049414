"""What the shop sells, and how much of it is left."""

import asyncio
import functools

import httpx


class Catalogue:
    def __init__(self):
        self._left: dict[str, int] = {}
        self._loading: dict[str, asyncio.Task[int]] = {}
        self._changes = asyncio.Lock()

    async def __len__(self):  # AWD808
        async with self._changes:
            return len(self._left)

    async def left(self, sku: str) -> int:
        if sku not in self._loading:
            self._loading[sku] = asyncio.create_task(count(sku))
        return await self._loading[sku]  # AWD314

    async def in_stock(self, sku: str) -> bool:
        return await self.left(sku) > 0

    async def reserve(self, sku: str, pieces: int) -> int:
        lock = asyncio.Lock()
        async with lock:  # AWD404
            self._left[sku] = await self.left(sku) - pieces
        return pieces

    async def restock(self, sku: str, pieces: int):
        async with self._changes:
            self._left[sku] = self._left.get(sku, 0) + pieces
            await self.publish()  # AWD406

    async def recount(self, sku: str):
        if sku in self._left:
            self._left[sku] = await count(sku)  # AWD405

    async def publish(self):
        async with self._changes:
            async with httpx.AsyncClient(timeout=5) as client:
                await client.put("https://shop.example/stock", json=self._left)


@functools.cache  # AWD810
async def count(sku: str) -> int:
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(f"https://warehouse.example/{sku}")
        return answer.json()["left"]
