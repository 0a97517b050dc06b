"""What orders asks of others."""

import os
from urllib.request import urlopen


class Stock:
    """Asks the stock."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reserve(self) -> bool:
        """Reserve one piece."""
        with urlopen(f"{self.url}/v1/reservations", data=b"{}") as answer:
            return bool(answer.status == 201)


def letter() -> bool:
    """Have a letter sent."""
    with urlopen(f"{os.environ['MAIL_SERVICE_URL']}/v1/letters", data=b"{}") as answer:
        return bool(answer.status == 202)
