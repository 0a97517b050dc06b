"""Sweeps what is old."""

import os
from urllib.request import urlopen


def main() -> None:
    """Count the pieces."""
    with urlopen(f"{os.environ['STOCK_SERVICE_URL']}/v1/pieces") as answer:
        print(answer.read())
