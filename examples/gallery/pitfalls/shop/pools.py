"""Computing outside the event loop."""

import asyncio
import logging
import logging.handlers
from concurrent.futures import ProcessPoolExecutor

from shop.prices import mean_square

executor = ProcessPoolExecutor()
log = logging.getLogger(__name__)
log.addHandler(logging.handlers.SMTPHandler("mail", "shop@shop.example", ["it@shop.example"], "shop"))  # AWD113


async def in_a_thread():
    prices = list(range(2_000_000))
    return await asyncio.to_thread(mean_square, prices)  # AWD204


async def in_a_process(prices: list[int]):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, lambda: mean_square(prices))  # AWD205
