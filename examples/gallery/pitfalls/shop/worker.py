"""Ships orders, one after the other, until somebody says stop."""

import asyncio
import queue
import socket
import sqlite3
import threading
import time

orders: queue.Queue[int] = queue.Queue()
ledger_lock = threading.Lock()
ledger: list[int] = []


async def forget_shipped(shop: sqlite3.Connection):
    shop.execute("DELETE FROM orders WHERE shipped = 1")  # AWD103


async def carrier_address():
    return socket.gethostbyname("carrier.example")  # AWD106


async def next_order():
    return orders.get()  # AWD108


async def ship(order: int, courier: asyncio.Queue[int]):
    time.sleep(0.5)  # AWD101
    async with asyncio.timeout(5):
        await courier.put(order)


async def book(order: int, courier: asyncio.Queue[int]):
    with ledger_lock:  # AWD112
        ledger.append(order)
        async with asyncio.timeout(5):
            await courier.put(order)


def flush_ledger():
    with open("ledger.txt", "a") as file:
        file.write(f"{ledger}\n")


async def flush_soon():
    asyncio.get_running_loop().call_later(1, flush_ledger)  # AWD111


async def ask():
    return input("stop? ")  # AWD107
