"""Orders in PostgreSQL."""

import asyncio

import asyncpg


class Store:
    def __init__(self, pool: asyncpg.Pool):
        self._pool = pool

    async def load(self, order: int):
        connection = await self._pool.acquire(timeout=5)  # AWD306
        row = await connection.fetchrow("SELECT * FROM orders WHERE id = $1", order, timeout=5)
        await self._pool.release(connection)
        return row

    async def pay(self, transaction, order: int):
        await transaction.start()
        try:
            await self.book(order)
            await transaction.commit()
        except Exception:  # AWD313
            await transaction.rollback()
            raise

    async def book(self, order: int):
        async with self._pool.acquire(timeout=5) as connection:
            await connection.execute("UPDATE orders SET paid = TRUE WHERE id = $1", order, timeout=5)

    async def totals(self, connection: asyncpg.Connection):
        return await asyncio.gather(
            connection.fetchval("SELECT count(*) FROM orders", timeout=5),  # AWD410
            connection.fetchval("SELECT sum(price) FROM orders", timeout=5),
        )

    async def orders(self):
        async with self._pool.acquire(timeout=5) as connection:  # AWD310
            async for row in connection.cursor("SELECT * FROM orders"):
                yield row

    async def first_unpaid(self):
        async for row in self.orders():  # AWD311
            if not row["paid"]:
                return row
        return None
