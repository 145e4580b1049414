"""Live prices over anyio streams."""

import anyio
from anyio.abc import ByteStream


async def pause():
    await anyio.lowlevel.checkpoint()


async def until_stopped():
    await anyio.sleep_forever()


async def receive_soon(stream: ByteStream):
    with anyio.move_on_after(5):
        return await stream.receive()


async def receive_both(first: ByteStream, second: ByteStream):
    head = await first.receive()
    with anyio.move_on_after(5):
        head += await second.receive()
    return head


async def send(stream: ByteStream, data: bytes):
    if data:
        await stream.send(data)
    else:
        await anyio.lowlevel.checkpoint()


async def characters(stream: ByteStream):
    for character in await stream.receive():
        yield character
        await anyio.lowlevel.checkpoint()


async def flush(stream: ByteStream, data: bytes):
    if data:
        with anyio.fail_after(5):
            await stream.send(data)
    await stream.aclose()


async def pump(stream: ByteStream, rows: list[bytes]):
    while True:
        if rows:
            await stream.send(rows.pop())
        else:
            await anyio.sleep(0.1)
