"""The stages of an outgoing stream: count, gzip, encrypt with age, write, and hash with SHA-256.

Each stage pulls from the one before, so that only a few blocks are in memory, without threads or a shell. Encryption
comes last and needs only a public key.
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
    """A readable source; an empty result means the end."""

    def read(self, size: int = -1, /) -> bytes: ...


class Writable(Protocol):
    """A writable sink."""

    def write(self, data: bytes, /) -> int: ...


class Counted:
    """Reports every block that passes."""

    def __init__(self, source: Readable, report: Callable[[int], object]) -> None:
        self._source, self._tell = source, report
        self.size = 0

    def read(self, size: int = -1, /) -> bytes:
        block = self._source.read(size)
        self.size += len(block)
        self._tell(len(block))
        return block


class IteratorReader:
    """A source over an iterator of bytes."""

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
    """A file being written; at the end it is synced to the disk, and its size and SHA-256 are known."""

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
        """Do nothing: there is no buffer; Python's file interface requires the method."""

    def sync(self) -> None:
        """Return when the content is synced to the disk."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise PipelineError("disk", f"{self.path} cannot be written: {error.strerror}") from None
