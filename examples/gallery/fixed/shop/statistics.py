"""Arithmetic over prices, in worker processes."""

import asyncio
from concurrent.futures import ProcessPoolExecutor

executor = ProcessPoolExecutor()


def mean_square(prices: list[int]) -> float:
    return sum(price**2 for price in prices) / len(prices)


def lottery_numbers(limit: int) -> list[int]:
    return [n for n in range(limit) if n % 2 and n % 3 and n % 5]


async def risk_of_all():
    prices = list(range(2_000_000))
    return await asyncio.get_running_loop().run_in_executor(executor, mean_square, prices)


async def risk_of(prices: list[int]):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, mean_square, prices)
