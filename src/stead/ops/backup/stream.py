"""Bytes on their way out: counted, gzipped, sealed with age, written down, and known by their SHA-256.

What goes out is pulled: each reader asks the one before it, so that never more than a few blocks are in memory, and no
thread or shell holds the stages together. age comes last: who keeps the archive holds a public key only.
"""

import hashlib
import os
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, Self

from stead.ops.backup.error import PipelineError

BLOCK = 1 << 16
LEVEL = 3  # measured on a ledger: twice as fast as 6, 3 % larger
GZIP = 31  # zlib's window with gzip's header and checksum


class Readable(Protocol):
    """What can be pulled from; nothing means the end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    """What can be pushed to."""

    def write(self, data: bytes, /) -> int: ...


class Counted:
    """Tells of every block that passes."""

    def __init__(self, source: Readable, report: Callable[[int], object]) -> None:
        self._source, self._tell = source, report
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        block = self._source.read(size)
        self.size += len(block)
        self._tell(len(block))
        return block


class IteratorReader:
    """Reads what an iterator yields."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        found, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return found


def gzipped(source: Readable) -> IteratorReader:
    """Return the gzip of what a source yields; no name and no time are in it."""

    def pieces() -> Iterable[bytes]:
        packer = zlib.compressobj(LEVEL, wbits=GZIP)
        while block := source.read(BLOCK):
            if packed := packer.compress(block):
                yield packed
        yield packer.flush()

    return IteratorReader(pieces())


class WrittenFile:
    """A file that is written: its size and its SHA-256 are known at the end, and it is on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes, /) -> int:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise PipelineError("disk", f"{self.path} cannot be written: {error.strerror}") from None
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here; who asks means a file of Python's."""

    def sync(self) -> None:
        """Return when the disk has it."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise PipelineError("disk", f"{self.path} cannot be written: {error.strerror}") from None
