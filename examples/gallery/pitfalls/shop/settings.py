"""What the shop is told by its operator."""

import tomllib
from pathlib import Path


def load_settings() -> dict[str, object]:
    return tomllib.loads(Path("shop.toml").read_text())
