"""Many things at once."""

import asyncio

SHOPS = ["berlin", "paris"]
running: set[asyncio.Task[int]] = set()


async def stock(shop: str) -> int:
    await asyncio.sleep(0.1)
    return len(shop)


async def kept():
    task = asyncio.create_task(stock("berlin"))
    running.add(task)
    task.add_done_callback(running.discard)


async def awaited():
    counting = asyncio.create_task(stock("berlin"))
    await asyncio.sleep(1)
    return await counting


async def siblings():
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))


async def exceptions_seen():
    for result in await asyncio.gather(stock("berlin"), stock("paris"), return_exceptions=True):
        print(result)


async def fan_out(shops: list[str]):
    turns = asyncio.Semaphore(10)

    async def one(shop: str) -> int:
        async with turns:
            return await stock(shop)

    return await asyncio.gather(*[one(shop) for shop in shops])


async def side_by_side(shops: list[str]):
    return await fan_out(shops)


async def jump(shop: str):
    async with asyncio.TaskGroup() as group:
        group.create_task(stock("berlin"))
        group.create_task(stock("paris"))
    return shop or None


async def alone():
    return await stock("berlin")


async def wait():
    tasks = [asyncio.create_task(stock(shop)) for shop in SHOPS]
    return await asyncio.wait(tasks, timeout=1)


async def groups():
    try:
        await stock("berlin")
    except* OSError as errors:
        for error in errors.exceptions:
            print(error)
