"""Counts the stock in all shops, many at once."""

import asyncio

SHOPS = ["berlin", "paris"]


async def stock(shop: str) -> int:
    await asyncio.sleep(0.1)
    return len(shop)


async def recount():
    asyncio.create_task(stock("berlin"))  # AWD701
    await asyncio.sleep(1)


async def warm_up():
    counting = asyncio.create_task(stock("berlin"))  # AWD702
    await asyncio.sleep(1)


async def both():
    try:
        await asyncio.gather(stock("berlin"), stock("paris"))  # AWD703
    except ValueError:
        print("one failed")


async def refresh():
    await asyncio.gather(stock("berlin"), stock("paris"), return_exceptions=True)  # AWD704


async def everywhere(shops: list[str]):
    return await asyncio.gather(*[stock(shop) for shop in shops])  # AWD705


async def count_unless_closed(shop: str):
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))
        if not shop:
            return None  # AWD707
    return shop


async def only_berlin():
    async with asyncio.TaskGroup() as group:  # AWD708
        group.create_task(stock("berlin"))


async def first_counted():
    return await asyncio.wait([stock(shop) for shop in SHOPS], timeout=1)  # AWD709


async def report():
    try:
        await stock("berlin")
    except* OSError as error:
        print(error.errno)  # AWD710


async def audit(shop: str):
    counted = await stock(shop)
    recount()  # AWD801
    return counted


async def latest(shop: str):
    await recount()
    return stock(shop)  # AWD806


async def is_open(shop: str) -> bool:  # AWD809
    return shop in SHOPS
