"""Tests of the shop."""

import unittest

from shop.stock import stock


class StockTest(unittest.IsolatedAsyncioTestCase):
    async def test_stock(self):
        self.assertEqual(await stock("berlin"), 6)
