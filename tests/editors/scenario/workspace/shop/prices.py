"""Prices, kept beside the program."""

import json
from pathlib import Path

CACHE = Path("prices.json")


def load():
    return json.loads("{}")
