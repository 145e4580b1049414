"""Orders in PostgreSQL."""

import asyncio
import contextlib

import asyncpg


class Store:
    def __init__(self, pool: asyncpg.Pool):
        self._pool = pool

    async def load(self, order: int):
        async with self._pool.acquire(timeout=5) as connection:
            return await connection.fetchrow("SELECT * FROM orders WHERE id = $1", order, timeout=5)

    async def pay(self, transaction, order: int):
        await transaction.start()
        try:
            await self.book(order)
            await transaction.commit()
        except BaseException:
            await transaction.rollback()
            raise

    async def book(self, order: int):
        async with self._pool.acquire(timeout=5) as connection:
            await connection.execute("UPDATE orders SET paid = TRUE WHERE id = $1", order, timeout=5)

    async def totals(self):
        async with asyncio.TaskGroup() as group:
            orders = group.create_task(self._pool.fetchval("SELECT count(*) FROM orders", timeout=5))
            turnover = group.create_task(self._pool.fetchval("SELECT sum(price) FROM orders", timeout=5))
        return [orders.result(), turnover.result()]

    async def orders(self):
        rows = await self._pool.fetch("SELECT * FROM orders", timeout=30)
        for row in rows:
            yield row

    async def first_unpaid(self):
        async with contextlib.aclosing(self.orders()) as orders:
            async for row in orders:
                if not row["paid"]:
                    return row
        return None
