// What "awaitd: Open an Example" shows: three findings of different kinds, and one line that is right.
export const example = `import asyncio
import time


def load_prices():
    time.sleep(1)  # fine here: no event loop calls this function...
    return {"tea": 3}


async def prices():
    return load_prices()  # ...but this does, from the loop's thread


async def refresh():
    time.sleep(0.5)  # every task of the loop stands still
    prices()  # this coroutine never runs


async def patient():
    await asyncio.sleep(0.5)  # right: the loop goes on


asyncio.run(refresh())
`;
