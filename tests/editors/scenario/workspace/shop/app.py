"""The shop's only page."""

import asyncio
import time

from shop import prices

STARTED = time.monotonic()


async def page():
    await asyncio.sleep(0)
    return prices.load()
