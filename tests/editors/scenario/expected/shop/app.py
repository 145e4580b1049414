# typed while the server was dead
"""The shop's only page."""

import asyncio
import time

from shop import prices

STARTED = time.monotonic()


async def page():
    label = "😀 é"; await asyncio.sleep(1)
    await asyncio.sleep(0)
    return prices.load()
