"""What the shop sells, and how much of it is left."""

import asyncio

import httpx


class Catalogue:
    def __init__(self):
        self._left: dict[str, int] = {}
        self._loading: dict[str, asyncio.Task[int]] = {}
        self._changes = asyncio.Lock()

    def __len__(self):
        return len(self._left)

    async def left(self, sku: str) -> int:
        if sku not in self._loading:
            self._loading[sku] = asyncio.create_task(count(sku))
        return await asyncio.shield(self._loading[sku])

    async def in_stock(self, sku: str) -> bool:
        return await self.left(sku) > 0

    async def reserve(self, sku: str, pieces: int) -> int:
        async with self._changes:
            self._left[sku] = await self.left(sku) - pieces
        return pieces

    async def restock(self, sku: str, pieces: int):
        async with self._changes:
            self._left[sku] = self._left.get(sku, 0) + pieces
            await self._publish()

    async def recount(self, sku: str):
        async with self._changes:
            if sku in self._left:
                self._left[sku] = await count(sku)

    async def publish(self):
        async with self._changes:
            await self._publish()

    async def _publish(self):
        async with httpx.AsyncClient(timeout=5) as client:
            await client.put("https://shop.example/stock", json=self._left)


async def count(sku: str) -> int:
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(f"https://warehouse.example/{sku}")
        return answer.json()["left"]
