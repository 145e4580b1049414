"""The machines the shop talks to: the exchange, the warehouse, the label printer."""

import asyncio

import aiohttp
import httpx


async def rate(exchange: aiohttp.ClientSession, currency: str) -> float:
    limit = aiohttp.ClientTimeout(total=10)
    async with exchange.get(f"https://exchange.example/{currency}", timeout=limit) as answer:
        return float(await answer.text())


async def in_euro(exchange: aiohttp.ClientSession, price: float, currency: str) -> float:
    try:
        async with asyncio.timeout(2):
            return price * await rate(exchange, currency)
    except TimeoutError:
        return price


async def catalogue_of(partner: str):
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(f"https://{partner}/catalogue")).json()


async def delivery_days(partner: str) -> int:
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(f"https://{partner}/delivery")
        return answer.json()["days"]


async def delivery_text(partner: str) -> str:
    try:
        async with asyncio.timeout(10):
            return f"{await delivery_days(partner)} days"
    except TimeoutError:
        return "soon"


async def order_at(partner: str, sku: str):
    for _ in range(3):
        try:
            return sku, await delivery_days(partner)
        except OSError:
            await asyncio.sleep(1)
    return sku, None


async def print_label(printer: asyncio.StreamWriter, label: str):
    printer.write(label.encode())
    async with asyncio.timeout(5):
        await printer.drain()


async def printed(printer: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(30):
        return await printer.readline()


async def draw_label(order: int):
    drawing = await asyncio.create_subprocess_exec("draw-label", str(order), stdout=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(60):
            picture, _ = await drawing.communicate()
    except BaseException:
        drawing.kill()
        await drawing.wait()
        raise
    return picture


async def labels(text: str) -> list[str]:
    return [line for line in text.splitlines() if await asyncio.sleep(0, line)]


async def ping(partner: str):
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.head(f"https://{partner}/")
