"""Prices from the exchange, over anyio streams."""

import anyio
from anyio.abc import ByteStream

Cancelled = anyio.get_cancelled_exc_class()  # AWD903


class Feed:
    def __init__(self, stream: ByteStream):
        self._stream = stream

    async def close(self):
        try:
            await self._stream.send_eof()
        finally:
            await self._stream.send(b"bye")  # AWD305

    async def subscribe(self, symbol: bytes):
        try:
            await self._stream.send(symbol)
        except OSError:
            await self._stream.send_eof()  # AWD312
            raise

    async def let_others_run(self):
        await anyio.sleep(0)  # AWD901

    async def until_stopped(self):
        await anyio.sleep(365 * 24 * 60 * 60)  # AWD902

    async def next_price(self) -> bytes:
        with anyio.CancelScope(deadline=5):  # AWD904
            return await self._stream.receive()

    async def next_two(self) -> bytes:
        scope = anyio.move_on_after(5)  # AWD905
        with anyio.fail_after(5):
            first = await self._stream.receive()
        with scope:
            first += await self._stream.receive()
        return first

    async def send(self, data: bytes):  # AWD910
        if data:
            await self._stream.send(data)

    async def digits(self):
        for digit in await self.next_price():
            yield digit  # AWD911

    async def flush(self, data: bytes):
        with anyio.fail_after(5):  # AWD912
            if data:
                await self._stream.send(data)
        await self._stream.aclose()

    async def pump(self, rows: list[bytes]):
        while True:  # AWD913
            if rows:
                await self._stream.send(rows.pop())
