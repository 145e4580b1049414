"""The HTTP face of the shop."""

import subprocess
from pathlib import Path

import bcrypt
import requests
from fastapi import FastAPI

from shop.prices import mean_square
from shop.settings import load_settings

app = FastAPI()
photos = Path("photos")


@app.get("/prices/{symbol}")
async def price(symbol: str):
    answer = requests.get(f"https://exchange.example/{symbol}", timeout=5)  # AWD102
    return answer.json()


@app.get("/photos/{name}")
async def photo(name: str):
    return (photos / name).read_bytes()  # AWD104


@app.post("/invoices/{order}")
async def invoice(order: int):
    subprocess.run(["make-invoice", str(order)], check=True)  # AWD105


@app.get("/settings")
async def settings():
    return load_settings()  # AWD110


@app.post("/login")
async def login(password: str, known: bytes):
    return bcrypt.checkpw(password.encode(), known)  # AWD201


@app.get("/primes")
async def primes(limit: int = 200_000):
    return [n for n in range(limit) if n % 2 and n % 3 and n % 5]  # AWD202


@app.get("/risk")
async def risk(n: int = 1_000_000):
    return mean_square(list(range(n)))  # AWD203
