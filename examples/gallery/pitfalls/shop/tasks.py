"""Many things at once."""

import asyncio

SHOPS = ["berlin", "paris"]


async def stock(shop: str) -> int:
    await asyncio.sleep(0.1)
    return len(shop)


async def not_kept():
    asyncio.create_task(stock("berlin"))  # AWD701


async def never_awaited():
    counting = asyncio.create_task(stock("berlin"))  # AWD702
    await asyncio.sleep(1)


async def siblings():
    try:
        await asyncio.gather(stock("berlin"), stock("paris"))  # AWD703
    except ValueError:
        print("one failed")


async def exceptions_ignored():
    await asyncio.gather(stock("berlin"), stock("paris"), return_exceptions=True)  # AWD704


async def fan_out(shops: list[str]):
    return await asyncio.gather(*[stock(shop) for shop in shops])  # AWD705


async def one_by_one(shops: list[str]):
    counts = []
    for shop in shops:
        counts.append(await stock(shop))  # AWD706
    return counts


async def jump(shop: str):
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))
        if not shop:
            return None  # AWD707
    return shop


async def alone():
    async with asyncio.TaskGroup() as group:  # AWD708
        group.create_task(stock("berlin"))


async def wait():
    return await asyncio.wait([stock(shop) for shop in SHOPS], timeout=1)  # AWD709


async def groups():
    try:
        await stock("berlin")
    except* OSError as error:
        print(error.errno)  # AWD710
