"""Orders in SQLite."""

import asyncio
import sqlite3

database = "orders.db"


async def mark_paid(order_id: int) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE orders SET paid = 1 WHERE id = ?", (order_id,))
    connection.close()


async def open_orders() -> list[int]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT id FROM orders WHERE shipped = 0").fetchall()
    return [row[0] for row in rows]


def _count() -> int:
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT count(*) FROM orders").fetchone()[0]


async def count() -> int:
    # Right: the whole use of the connection is one function, in one thread.
    return await asyncio.to_thread(_count)
