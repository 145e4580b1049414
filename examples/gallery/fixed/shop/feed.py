"""Prices from the exchange, over anyio streams."""

import anyio
from anyio.abc import ByteStream


class Feed:
    def __init__(self, stream: ByteStream):
        self._stream = stream

    async def close(self):
        try:
            await self._stream.send_eof()
        finally:
            with anyio.move_on_after(2, shield=True):
                await self._stream.send(b"bye")

    async def subscribe(self, symbol: bytes):
        try:
            await self._stream.send(symbol)
        except OSError:
            with anyio.move_on_after(2, shield=True):
                await self._stream.send_eof()
            raise

    async def let_others_run(self):
        await anyio.lowlevel.checkpoint()

    async def until_stopped(self):
        await anyio.sleep_forever()

    async def next_price(self) -> bytes:
        with anyio.fail_after(5):
            return await self._stream.receive()

    async def next_two(self) -> bytes:
        with anyio.fail_after(5):
            first = await self._stream.receive()
        with anyio.move_on_after(5):
            first += await self._stream.receive()
        return first

    async def send(self, data: bytes):
        if data:
            await self._stream.send(data)
        else:
            await anyio.lowlevel.checkpoint()

    async def digits(self):
        for digit in await self.next_price():
            yield digit
            await anyio.lowlevel.checkpoint()

    async def flush(self, data: bytes):
        if data:
            with anyio.fail_after(5):
                await self._stream.send(data)
        await self._stream.aclose()

    async def pump(self, rows: list[bytes]):
        while True:
            if rows:
                await self._stream.send(rows.pop())
            else:
                await anyio.sleep(0.1)
