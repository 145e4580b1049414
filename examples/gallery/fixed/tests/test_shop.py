"""Tests of the shop."""

import unittest

from shop.bridge import load


class LoadTest(unittest.IsolatedAsyncioTestCase):
    async def test_load(self):
        self.assertEqual(await load("a"), "a")
