"""The HTTP face of the shop."""

import asyncio
import logging
import logging.handlers
import queue
from contextvars import ContextVar
from pathlib import Path

import asyncpg
import bcrypt
import httpx
from fastapi import FastAPI

from shop.catalogue import Catalogue
from shop.mail import send_receipt
from shop.settings import load_settings
from shop.statistics import executor, lottery_numbers, mean_square

records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
mails = logging.handlers.SMTPHandler("mail", "shop@shop.example", ["it@shop.example"], "shop")
listener = logging.handlers.QueueListener(records, mails)
log = logging.getLogger("shop")
log.addHandler(logging.handlers.QueueHandler(records))

app = FastAPI()
photos = Path("photos")
catalogue = Catalogue()
current_user: ContextVar[str] = ContextVar("current_user")
exchange = httpx.AsyncClient(base_url="https://exchange.example", timeout=5)
connecting = asyncio.Lock()
database = None
sold = 0


async def connected():
    global database
    async with connecting:
        if database is None:
            database = await asyncpg.connect("postgres://shop", timeout=5)
    return database


@app.get("/orders/{order}")
async def order(order: int, user: str):
    current_user.set(user)
    connection = await connected()
    return await connection.fetchrow("SELECT * FROM orders WHERE id = $1", order, timeout=5)


@app.post("/orders")
async def buy(sku: str, pieces: int, mail: str):
    global sold
    if not await catalogue.in_stock(sku):
        return {"error": "sold out"}
    reserved = await catalogue.reserve(sku, pieces)
    sold += reserved
    await send_receipt(mail, sku)
    return {"sold": sold}


@app.get("/prices/{symbol}")
async def price(symbol: str):
    answer = await exchange.get(f"/{symbol}")
    return answer.json()


@app.get("/photos/{name}")
async def photo(name: str):
    return await asyncio.to_thread((photos / name).read_bytes)


@app.post("/invoices/{order}")
async def invoice(order: int):
    process = await asyncio.create_subprocess_exec("make-invoice", str(order))
    try:
        async with asyncio.timeout(60):
            await process.wait()
    except BaseException:
        process.kill()
        await process.wait()
        raise


@app.get("/settings")
async def settings():
    return await asyncio.to_thread(load_settings)


@app.post("/login")
async def login(password: str, known: bytes):
    return await asyncio.to_thread(bcrypt.checkpw, password.encode(), known)


@app.get("/lottery")
async def lottery(limit: int = 200_000):
    return await asyncio.get_running_loop().run_in_executor(executor, lottery_numbers, limit)


@app.get("/risk")
async def risk(n: int = 1_000_000):
    return await asyncio.get_running_loop().run_in_executor(executor, mean_square, list(range(n)))
