"""The log file of a process: of limited size, with the last lines in memory, and with secrets masked."""

import asyncio
import os
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LIMIT = 4 * 1_048_576  # bytes; one file before it is kept beside, so twice that on the disk
LAST = 40  # lines
LONGEST = 64 * 1024  # bytes of one line
FRAME = re.compile(r"\s+at \S")  # of Node, Java and .NET, which write them behind the error; Python writes it last
HIDDEN = b"[secret]"
SHORTEST = 6  # characters, here and in the console: hiding a shorter secret, such as `dev`, would hide ordinary words


class Redaction:
    """Puts `[secret]` where a secret of this backend would be written."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[bytes] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        self._known.update(secret for secret in secrets if len(secret) >= SHORTEST)
        longest_first = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(re.escape(secret.encode()) for secret in longest_first) or b"(?!)")

    def __call__(self, block: bytes) -> bytes:
        return self._pattern.sub(HIDDEN, block) if self._pattern else block


class LogFile(asyncio.Protocol):
    """The log of one process over its restarts."""

    def __init__(self, path: Path, redact: Redaction) -> None:
        self.path = path
        self.last: deque[str] = deque(maxlen=LAST)
        self.written = 0  # bytes, since the run began
        self._redact = redact
        self._rest = b""
        self._file = path.open("ab")
        self._transports: list[asyncio.BaseTransport] = []

    async def open(self) -> int:
        """Return an open file for a process to write to; the caller closes it once the process has it."""
        read, write = os.pipe()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: self, os.fdopen(read, "rb", 0))
        self._transports = [each for each in self._transports if not each.is_closing()] + [transport]
        return write

    def data_received(self, data: bytes) -> None:
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._write(whole + newline)
        elif len(self._rest) > LONGEST:
            self._write(self._rest + b"\n")
            self._rest = b""

    def connection_lost(self, _: Exception | None) -> None:
        """Write the last output of an ended process, which may lack a line end."""
        if self._rest:
            self._write(self._rest + b"\n")
            self._rest = b""

    def write(self, text: str) -> None:
        """Write a line of the runner's own."""
        self._write(f"{text}\n".encode())

    def close(self) -> None:
        for transport in self._transports:
            transport.close()
        self._file.close()

    def _write(self, block: bytes) -> None:
        if self._file.closed:
            return
        self.written += len(block)
        clean = self._redact(block)
        self.last.extend(clean.decode(errors="replace").splitlines())
        self._file.write(clean)
        self._file.flush()
        if self._file.tell() > LIMIT:
            self._rotate()

    def _rotate(self) -> None:
        self._file.close()
        self.path.replace(older(self.path))
        self._file = self.path.open("ab")


def without_frames(lines: Iterable[str]) -> list[str]:
    """Return lines without the frames of stack traces, and without empty ones: what is left says what went wrong."""
    found = [line for line in lines if line.strip()]
    return [line for line in found if not FRAME.match(line)] or found


def older(path: Path) -> Path:
    return path.with_name(path.name + ".1")


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log, of which older ones may be in the file before."""
    last: deque[str] = deque(maxlen=lines)
    for file in (older(path), path):
        with suppress(FileNotFoundError), file.open(errors="replace") as text:
            last.extend(line.rstrip("\n") for line in text)
    return list(last)
