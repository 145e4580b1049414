"""Computing outside the event loop."""

import asyncio
import logging
import logging.handlers
import queue
from concurrent.futures import ProcessPoolExecutor

from shop.prices import mean_square

executor = ProcessPoolExecutor()
records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
mails = logging.handlers.SMTPHandler("mail", "shop@shop.example", ["it@shop.example"], "shop")
listener = logging.handlers.QueueListener(records, mails)
log = logging.getLogger(__name__)
log.addHandler(logging.handlers.QueueHandler(records))


async def in_a_thread():
    prices = list(range(2_000_000))
    return await asyncio.get_running_loop().run_in_executor(executor, mean_square, prices)


async def in_a_process(prices: list[int]):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, mean_square, prices)
