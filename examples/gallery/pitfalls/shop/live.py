"""Live prices over anyio streams."""

import anyio
from anyio.abc import ByteStream

Cancelled = anyio.get_cancelled_exc_class()  # AWD903


async def pause():
    await anyio.sleep(0)  # AWD901


async def until_stopped():
    await anyio.sleep(365 * 24 * 60 * 60)  # AWD902


async def receive_soon(stream: ByteStream):
    with anyio.CancelScope(deadline=5):  # AWD904
        return await stream.receive()


async def receive_both(first: ByteStream, second: ByteStream):
    scope = anyio.move_on_after(5)  # AWD905
    head = await first.receive()
    with scope:
        head += await second.receive()
    return head


async def send(stream: ByteStream, data: bytes):  # AWD910
    if data:
        await stream.send(data)


async def characters(stream: ByteStream):
    for character in await stream.receive():
        yield character  # AWD911


async def flush(stream: ByteStream, data: bytes):
    with anyio.fail_after(5):  # AWD912
        if data:
            await stream.send(data)
    await stream.aclose()


async def pump(stream: ByteStream, rows: list[bytes]):
    while True:  # AWD913
        if rows:
            await stream.send(rows.pop())
