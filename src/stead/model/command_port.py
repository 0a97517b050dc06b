"""The port in a command: the program listens there, regardless of its settings."""

import re

LITERAL = re.compile(
    r"(?:^|\s)(?:--(?:http-)?port|-p|--server\.port)[=\s]+(\d{2,5})(?=\s|$)|[\d.\]]+:(\d{2,5})(?=\s|$)"
)


def command_port(words: tuple[str, ...]) -> int | None:
    """Return the port in `gunicorn -b 0.0.0.0:80 app:app` or `serve --port 8080`; None without a port."""
    found = LITERAL.search(" ".join(words))
    return int(found[1] or found[2]) if found else None
