"""The HTTP face of the shop."""

import logging
import logging.handlers
import subprocess
import threading
from pathlib import Path

import asyncpg
import bcrypt
import requests
from fastapi import FastAPI

from shop.catalogue import Catalogue
from shop.mail import send_receipt
from shop.settings import load_settings
from shop.statistics import mean_square

log = logging.getLogger("shop")
log.addHandler(logging.handlers.SMTPHandler("mail", "shop@shop.example", ["it@shop.example"], "shop"))  # AWD113

app = FastAPI()
photos = Path("photos")
catalogue = Catalogue()
request = threading.local()
database = None
sold = 0


async def connected():
    global database
    if database is None:  # AWD402
        database = await asyncpg.connect("postgres://shop", timeout=5)
    return database


@app.get("/orders/{order}")
async def order(order: int, user: str):
    request.user = user  # AWD408
    connection = await connected()
    return await connection.fetchrow("SELECT * FROM orders WHERE id = $1", order, timeout=5)


@app.post("/orders")
async def buy(sku: str, pieces: int, mail: str):
    global sold
    if not catalogue.in_stock(sku):  # AWD803
        return {"error": "sold out"}
    sold += await catalogue.reserve(sku, pieces)  # AWD401
    receipt = send_receipt(mail, sku)  # AWD802
    return {"sold": sold}


@app.get("/prices/{symbol}")
async def price(symbol: str):
    answer = requests.get(f"https://exchange.example/{symbol}", timeout=5)  # AWD102
    return answer.json()


@app.get("/photos/{name}")
async def photo(name: str):
    return (photos / name).read_bytes()  # AWD104


@app.post("/invoices/{order}")
async def invoice(order: int):
    subprocess.run(["make-invoice", str(order)], check=True, timeout=60)  # AWD105


@app.get("/settings")
async def settings():
    return load_settings()  # AWD110


@app.post("/login")
async def login(password: str, known: bytes):
    return bcrypt.checkpw(password.encode(), known)  # AWD201


@app.get("/lottery")
async def lottery(limit: int = 200_000):
    return [n for n in range(limit) if n % 2 and n % 3 and n % 5]  # AWD202


@app.get("/risk")
async def risk(n: int = 1_000_000):
    return mean_square(list(range(n)))  # AWD203
