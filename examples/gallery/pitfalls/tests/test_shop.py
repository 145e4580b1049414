"""Tests of the shop."""

import unittest

from shop.stock import stock


class StockTest(unittest.TestCase):
    async def test_stock(self):  # AWD507
        self.assertEqual(await stock("berlin"), 6)
