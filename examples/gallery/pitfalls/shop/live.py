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
        for browser in self._open:  # AWD403
            await browser.send(price)  # AWD706

    async def prices(self, source: asyncio.Queue[str]):
        while True:
            async with asyncio.timeout(60):
                yield await source.get()  # AWD309
