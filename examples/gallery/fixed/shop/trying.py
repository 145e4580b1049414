"""For trying things out."""

import asyncio

from shop.stock import stock

if __name__ == "__main__":
    print(asyncio.run(stock("berlin")))
