"""The HTTP face of the shop."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import bcrypt
import httpx
from fastapi import FastAPI

from shop.prices import mean_square, wheel
from shop.settings import load_settings

executor = ProcessPoolExecutor()
app = FastAPI()
photos = Path("photos")


@app.get("/prices/{symbol}")
async def price(symbol: str):
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(f"https://exchange.example/{symbol}")
    return answer.json()


@app.get("/photos/{name}")
async def photo(name: str):
    return await asyncio.to_thread((photos / name).read_bytes)


@app.post("/invoices/{order}")
async def invoice(order: int):
    async with asyncio.timeout(60):
        process = await asyncio.create_subprocess_exec("make-invoice", str(order))
        await process.wait()


@app.get("/settings")
async def settings():
    return await asyncio.to_thread(load_settings)


@app.post("/login")
async def login(password: str, known: bytes):
    return await asyncio.to_thread(bcrypt.checkpw, password.encode(), known)


@app.get("/primes")
async def primes(limit: int = 200_000):
    return await asyncio.get_running_loop().run_in_executor(executor, wheel, limit)


@app.get("/risk")
async def risk(n: int = 1_000_000):
    return await asyncio.get_running_loop().run_in_executor(executor, mean_square, list(range(n)))
