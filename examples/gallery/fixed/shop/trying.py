"""For trying things out."""

import asyncio

from shop.bridge import load

if __name__ == "__main__":
    print(asyncio.run(load("a")))
