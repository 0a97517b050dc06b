"""Open an archive: its first bytes, never its name, tell how it is compressed and encrypted.

An old `.dump`, a `.dump.gz`, plain SQL and our own sealed archives go the same way. age pushes what it opens, and all
else here pulls: a thread and a pipe are between them.
"""

import io
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from stead.ops.backup.age import MAGIC, Identities, unseal
from stead.ops.backup.error import DamagedError, KeyMismatchError
from stead.ops.backup.stream import BLOCK, GZIP, Readable

Content = Literal["custom", "dump-tar", "tar", "sql"]
CUSTOM = b"PGDMP"
PACKED = b"\x1f\x8b"
HEAD = 1024
DEPTH = 4  # nested compressions


class ArchiveReader:
    """The content of an archive, and its format."""

    def __init__(self, source: "_PeekedSource", content: Content) -> None:
        self.content = content
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        return self._source.read(size)


@contextmanager
def opened(path: Path, identities: Identities | None) -> Iterator[ArchiveReader]:
    """Open an archive for as long as the block lasts.

    KeyMismatchError when it is sealed to others, DamagedError when it was changed, is truncated or is no archive.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror}") from None
    with file:
        source = _PeekedSource(file)
        if not source.head.startswith(MAGIC):
            yield _unwrapped(source, path)
            return
        if identities is None:
            raise KeyMismatchError(f"{path} is sealed: give the private key, --identity FILE")
        with _unsealed(source, identities) as clear:
            yield _unwrapped(_PeekedSource(clear), path)


def _unwrapped(source: "_PeekedSource", path: Path) -> ArchiveReader:
    for _ in range(DEPTH):
        if not source.head.startswith(PACKED):
            break
        source = _PeekedSource(_GzipReader(source))
    return ArchiveReader(source, _content(source.head, path))


def _content(head: bytes, path: Path) -> Content:
    if head.startswith(CUSTOM):
        return "custom"
    if head and any(magic.startswith(head) for magic in (*MAGIC, CUSTOM, PACKED)):
        raise DamagedError(f"{path} ends within its first line: it is truncated")
    if head[257:262] == b"ustar":
        return "dump-tar" if head.startswith(b"toc.dat\0") else "tar"
    if head and b"\0" not in head and _is_text(head):
        return "sql"
    raise DamagedError(f"{path} holds {'no known dump format' if head else 'nothing'}")


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a character that was cut at the end
    return True


class _PeekedSource:
    """A source whose first bytes have been read ahead."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.head = b""
        while len(self.head) < HEAD and (block := source.read(HEAD - len(self.head))):
            self.head += block
        self._rest = self.head

    def read(self, size: int = -1, /) -> bytes:
        if self._rest:
            found, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
            return found
        return self._source.read(BLOCK if size < 0 else size)


class _GzipReader:
    """The content of a gzip file, of one member or several."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._unpacker = zlib.decompressobj(wbits=GZIP)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while True:
            if not self._rest:
                self._rest = self._source.read(BLOCK)
            if self._unpacker.eof:
                if not self._rest.strip(b"\0"):
                    return b""
                self._unpacker = zlib.decompressobj(wbits=GZIP)
            if not self._rest:
                raise DamagedError("gzip: the archive is truncated")
            if found := self._unpack(BLOCK if size < 0 else size):
                return found

    def _unpack(self, size: int) -> bytes:
        try:
            found = self._unpacker.decompress(self._rest, size)
        except zlib.error:
            raise DamagedError("gzip: the archive is damaged: its checksum is wrong") from None
        self._rest = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        return found


@contextmanager
def _unsealed(source: Readable, identities: Identities) -> Iterator[Readable]:
    ends = os.pipe()
    with open(ends[0], "rb", buffering=0) as out:  # noqa: PTH123 - a descriptor has no path
        opening = _Decryption(source, ends[1], identities, out)
        opening.thread.start()
        try:
            yield opening
        finally:
            out.close()  # the process that still writes gets an end
            opening.thread.join()


class _Decryption:
    def __init__(self, source: Readable, into: int, identities: Identities, out: io.FileIO) -> None:
        self._source, self._into, self._identities, self._out = source, into, identities, out
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def read(self, size: int = -1, /) -> bytes:
        found = self._out.read(BLOCK if size < 0 else size) or b""
        if not found:
            self.thread.join()
            if self._error:
                raise self._error
        return found

    def _run(self) -> None:
        with suppress(BrokenPipeError), open(self._into, "wb", buffering=0) as into:  # noqa: PTH123
            try:
                unseal(self._source, into, self._identities)
            except BrokenPipeError:
                raise
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                self._error = error
