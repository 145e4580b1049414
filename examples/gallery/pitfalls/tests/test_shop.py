"""Tests of the shop."""

import unittest

from shop.bridge import load


class LoadTest(unittest.TestCase):
    async def test_load(self):  # AWD507
        self.assertEqual(await load("a"), "a")
