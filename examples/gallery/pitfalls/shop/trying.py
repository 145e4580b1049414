"""For trying things out."""

import asyncio

import nest_asyncio

from shop.stock import stock

nest_asyncio.apply()  # AWD511


if __name__ == "__main__":
    print(asyncio.run(stock("berlin")))
