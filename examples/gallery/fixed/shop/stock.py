"""Counts the stock in all shops, many at once."""

import asyncio

SHOPS = ["berlin", "paris"]
running: set[asyncio.Task[int]] = set()


async def stock(shop: str) -> int:
    await asyncio.sleep(0.1)
    return len(shop)


async def recount():
    task = asyncio.create_task(stock("berlin"))
    running.add(task)
    task.add_done_callback(running.discard)
    await asyncio.sleep(1)


async def warm_up():
    counting = asyncio.create_task(stock("berlin"))
    await asyncio.sleep(1)
    return await counting


async def both():
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))


async def refresh():
    for result in await asyncio.gather(stock("berlin"), stock("paris"), return_exceptions=True):
        print(result)


async def everywhere(shops: list[str]):
    turns = asyncio.Semaphore(10)

    async def one(shop: str) -> int:
        async with turns:
            return await stock(shop)

    return await asyncio.gather(*[one(shop) for shop in shops])


async def count_unless_closed(shop: str):
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))
    return shop or None


async def only_berlin():
    return await stock("berlin")


async def first_counted():
    tasks = [asyncio.create_task(stock(shop)) for shop in SHOPS]
    return await asyncio.wait(tasks, timeout=1)


async def report():
    try:
        await stock("berlin")
    except* OSError as errors:
        for error in errors.exceptions:
            print(error)


async def audit(shop: str):
    counted = await stock(shop)
    await recount()
    return counted


async def latest(shop: str):
    await recount()
    return await stock(shop)


def is_open(shop: str) -> bool:
    return shop in SHOPS
