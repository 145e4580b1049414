"""Ships orders, one after the other, until somebody says stop."""

import asyncio
import logging
import os
import shutil
import time
from urllib.request import urlopen

from orders import store

log = logging.getLogger(__name__)


async def ship(order_id: int) -> None:
    label = urlopen(f"https://carrier.example/label/{order_id}").read()
    log.info("label of order %d: %d bytes", order_id, len(label))
    os.system("lpr label.pdf")
    time.sleep(0.5)


async def archive(folder: str) -> None:
    # Right: the folder is packed in a worker thread.
    await asyncio.to_thread(shutil.make_archive, folder, "zip", folder)
    shutil.rmtree(folder)


async def watch() -> None:
    while True:
        for order_id in await store.open_orders():
            await ship(order_id)
        await asyncio.sleep(10)


async def main() -> None:
    task = asyncio.create_task(watch())
    while input("stop? ") != "y":
        pass
    task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
