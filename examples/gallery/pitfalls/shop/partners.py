"""The machines the shop talks to: the exchange, the warehouse, the label printer."""

import asyncio

import aiohttp
import httpx

exchange = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))  # AWD407


async def rate(currency: str) -> float:
    async with exchange.get(f"https://exchange.example/{currency}") as answer:
        return float(await answer.text())


async def in_euro(price: float, currency: str) -> float:
    try:
        async with asyncio.timeout(2):
            return price * await rate(currency)
    except asyncio.TimeoutError:  # AWD605
        return price


async def catalogue_of(partner: str):
    async with httpx.AsyncClient(timeout=None) as client:  # AWD602
        return (await client.get(f"https://{partner}/catalogue")).json()


async def delivery_days(partner: str) -> int:
    client = httpx.AsyncClient(timeout=5)  # AWD807
    answer = await client.get(f"https://{partner}/delivery")
    return answer.json()["days"]


async def delivery_text(partner: str) -> str:
    async with asyncio.timeout(10):
        try:
            return f"{await delivery_days(partner)} days"
        except TimeoutError:  # AWD603
            return "soon"


async def order_at(partner: str, sku: str):
    ordering = delivery_days(partner)
    for _ in range(3):
        try:
            return sku, await ordering  # AWD805
        except OSError:
            await asyncio.sleep(1)
    return sku, None


async def print_label(printer: asyncio.StreamWriter, label: str):
    await printer.write(label.encode())  # AWD804
    async with asyncio.timeout(5):
        await printer.drain()


async def printed(printer: asyncio.StreamReader) -> bytes:
    return await printer.readline()  # AWD601


async def draw_label(order: int):
    drawing = await asyncio.create_subprocess_exec("draw-label", str(order), stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        return await drawing.wait()  # AWD411


async def labels(text: str) -> list[str]:
    async with asyncio.timeout(1):  # AWD604
        lines = text.splitlines()
    return [line for line in lines if await asyncio.sleep(0, line)]


async def ping(partner: str, timeout: float = 5):  # AWD607
    async with httpx.AsyncClient(timeout=timeout) as client:
        return await client.head(f"https://{partner}/")
