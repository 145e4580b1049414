"""Ships orders, one after the other, until somebody says stop."""

import asyncio
import sqlite3

orders: asyncio.Queue[int] = asyncio.Queue()
ledger_lock = asyncio.Lock()
ledger: list[int] = []


def _forget_shipped(path: str):
    with sqlite3.connect(path) as shop:
        shop.execute("DELETE FROM orders WHERE shipped = 1")


async def forget_shipped(path: str):
    await asyncio.to_thread(_forget_shipped, path)


async def carrier_address():
    return await asyncio.get_running_loop().getaddrinfo("carrier.example", 443)


async def next_order():
    return await orders.get()


async def ship(order: int, courier: asyncio.Queue[int]):
    await asyncio.sleep(0.5)
    async with asyncio.timeout(5):
        await courier.put(order)


async def book(order: int, courier: asyncio.Queue[int]):
    async with ledger_lock:
        ledger.append(order)
        async with asyncio.timeout(5):
            await courier.put(order)


def flush_ledger():
    with open("ledger.txt", "a") as file:
        file.write(f"{ledger}\n")


async def flush_soon():
    await asyncio.sleep(1)
    await asyncio.to_thread(flush_ledger)


async def ask():
    return await asyncio.to_thread(input, "stop? ")
