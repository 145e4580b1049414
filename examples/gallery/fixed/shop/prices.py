"""Arithmetic over prices: plain functions, for whoever calls them."""


def mean_square(prices: list[int]) -> float:
    return sum(price**2 for price in prices) / len(prices)


def wheel(limit: int) -> list[int]:
    return [n for n in range(limit) if n % 2 and n % 3 and n % 5]
