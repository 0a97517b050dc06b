"""Send a few commands to a Redis server over one connection, in its protocol (RESP2).

The runner needs two commands: a ping, and the creation of a user. The import of the client library takes 100 ms, which
every start of a backend would need.
"""

import socket
from io import BufferedReader
from urllib.parse import unquote, urlsplit

from stead.run.redis.program import RedisError

TIMEOUT = 2.0  # seconds


def ask(url: str, *commands: tuple[str, ...]) -> list[str]:
    """Send the commands, after AUTH with the URL's user, and return their answers.

    OSError without an answer; RedisError when a command is refused.
    """
    parts = urlsplit(url)
    user, password = unquote(parts.username or "default"), unquote(parts.password or "")
    every = [("AUTH", user, password), *commands] if password else list(commands)
    with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), TIMEOUT) as connection:
        connection.sendall(b"".join(_encoded(command) for command in every))
        with connection.makefile("rb") as answers:
            return [_answer(answers) for _ in every][-len(commands) :]


def _encoded(command: tuple[str, ...]) -> bytes:
    words = [word.encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def _answer(answers: BufferedReader) -> str:
    line = answers.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionResetError("the server closed the connection")
    kind, text = line[:1], line[1:-2].decode()
    if kind == b"-":
        raise RedisError(f"Redis refused: {text}")
    if kind == b"$":
        return answers.read(int(text) + 2)[:-2].decode()
    return text
