"""Live prices for the browsers that watch them."""

import asyncio

from websockets.asyncio.server import ServerConnection


class Watchers:
    def __init__(self):
        self._open: set[ServerConnection] = set()

    async def watch(self, browser: ServerConnection):
        self._open.add(browser)
        try:
            await browser.wait_closed()
        finally:
            self._open.discard(browser)

    async def tell(self, price: str):
        await asyncio.gather(*[browser.send(price) for browser in list(self._open)])

    async def prices(self, source: asyncio.Queue[str]):
        while True:
            async with asyncio.timeout(60):
                price = await source.get()
            yield price
