"""A bucket as one stream: its objects as a tar, in the order of their keys, made and read without a file in between.

A bucket has no snapshot: an object that changes during the backup is stored as it was read, and one that is deleted is
reported. So is the empty object with a slash at its end that some consoles create for a folder: the client cannot name
it. Earlier versions of objects are not backed up.
"""

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, NamedTuple, cast

from stead.ops.backup.error import DamagedError, NotFoundInStoreError, StoreError
from stead.ops.backup.store import Object, Store
from stead.ops.backup.stream import BLOCK, Readable

UNDECIDED = ".stead-restore"  # exists from the first change of a restore until its end is decided
HEADER_PREFIX = "STEAD."  # the tar's own headers that hold an object's attributes, such as its type


class Summary:
    """The fingerprint of a bucket: its size, and one SHA-256 over every key and its content."""

    def __init__(self) -> None:
        self.objects = self.bytes = 0
        self._digest = hashlib.sha256()

    def add(self, key: str, size: int, sha256: str) -> None:
        self.objects += 1
        self.bytes += size
        self._digest.update(f"{key}\0{size}\0{sha256}\n".encode())

    @property
    def rows(self) -> dict[str, int]:
        return {"objects": self.objects, "bytes": self.bytes}

    @property
    def contents(self) -> dict[str, str]:
        return {"objects": self._digest.hexdigest()}


class Item(NamedTuple):
    """One object of an archive; its content must be read before the next object."""

    about: Object
    content: Iterator[bytes]


def packed(store: Store, summary: Summary, gone: Callable[[str], object]) -> Iterator[bytes]:
    """Yield a bucket's objects as a tar; `gone` is called for objects that were listed but no longer readable."""
    for name in store.names():
        if name == UNDECIDED:
            raise StoreError(
                f"{store.place}: a restore of this bucket runs or was killed; wait for its end, or run stead "
                "restore again"
            )
        try:
            about, blocks = store.read(name)
        except NotFoundInStoreError:
            gone(name)
            continue
        yield _header(about)
        digest, size = hashlib.sha256(), 0
        for block in blocks:
            digest.update(block)
            size += len(block)
            yield block
        if size != about.size:
            raise StoreError(f"{store.place}: {name} ended after {size} of {about.size} bytes")
        yield b"\0" * (-size % tarfile.BLOCKSIZE)
        summary.add(name, size, digest.hexdigest())
    yield b"\0" * 2 * tarfile.BLOCKSIZE


def look(store: Store, aside: str) -> Summary:
    """Read a bucket, without the objects that a restore has put aside."""
    summary = Summary()
    for name in names_outside(store, aside):
        try:
            about, blocks = store.read(name)
        except NotFoundInStoreError:
            continue
        digest = hashlib.sha256()
        for block in blocks:
            digest.update(block)
        summary.add(name, about.size, digest.hexdigest())
    return summary


def unpacked(source: Readable, summary: Summary) -> Iterator[Item]:
    """Yield the objects of a tar; DamagedError when it is no tar, or is truncated."""
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", _Stream(source)), mode="r|", bufsize=BLOCK) as tar:
            for info in tar:
                file = tar.extractfile(info)
                if file is None:
                    raise DamagedError(f"{info.name} in the archive is not an object")
                with file:
                    yield Item(_about(info), _noted(file, info, summary))
    except tarfile.TarError as error:
        raise DamagedError(f"the archive of the bucket is damaged: {error}") from None


def read_through(source: Readable, moved: Callable[[int], object] = lambda _: None) -> Summary:
    """Read an archive as a restore would, without storing it."""
    summary = Summary()
    for item in unpacked(source, summary):
        for block in item.content:
            moved(len(block))
    return summary


def restore_objects(store: Store, source: Readable, aside: str, moved: Callable[[int], object]) -> tuple[Summary, int]:
    """Restore a bucket from an archive; return its fingerprint, and the number of objects put aside.

    The present objects are first copied below `aside/`, so that `undo_restore` can undo a failure: here, or in the next
    restore, which finds the mark of a killed one.
    """
    before = names_outside(store, aside)
    for name in before:
        with suppress(NotFoundInStoreError):
            store.copy(name, f"{aside}/{name}")
    store.put(UNDECIDED, aside.encode())
    summary, back = Summary(), set()
    for item in unpacked(source, summary):
        store.put(item.about.key, _counted(item.content, moved) if item.about.size else b"", item.about.attributes)
        with suppress(StopIteration):
            next(item.content)  # an empty object is noted, too
        back.add(item.about.key)
    for name in before:
        if name not in back:
            store.delete(name)
    return summary, len(before)


def decide(store: Store) -> None:
    """Confirm the restore: remove its mark."""
    store.delete(UNDECIDED)


def undo_restore(store: Store) -> bool:
    """Undo an unconfirmed `restore_objects`; return whether there was one."""
    try:
        aside = b"".join(store.read(UNDECIDED)[1]).decode()
    except NotFoundInStoreError:
        return False
    moved = {name.removeprefix(f"{aside}/") for name in store.names() if name.startswith(f"{aside}/")}
    for name in moved:
        store.copy(f"{aside}/{name}", name)
    for name in names_outside(store, aside):
        if name not in moved:
            store.delete(name)
    store.delete(UNDECIDED)
    for name in moved:
        store.delete(f"{aside}/{name}")
    return True


def names_outside(store: Store, aside: str) -> list[str]:
    """Return the names of a bucket's objects, without those put aside and without the mark."""
    return [name for name in store.names() if not name.startswith(f"{aside}/") and name != UNDECIDED]


def _header(about: Object) -> bytes:
    info = tarfile.TarInfo(about.key)
    info.size, info.mtime, info.mode = about.size, int(about.modified), 0o600
    info.pax_headers = {HEADER_PREFIX + name: value for name, value in about.attributes.items()}
    return info.tobuf(tarfile.PAX_FORMAT)


def _about(info: tarfile.TarInfo) -> Object:
    attributes = {
        name.removeprefix(HEADER_PREFIX): text
        for name, text in info.pax_headers.items()
        if name.startswith(HEADER_PREFIX)
    }
    return Object(info.name, info.size, info.mtime, attributes)


def _noted(file: IO[bytes], info: tarfile.TarInfo, summary: Summary) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
        yield block
    if size != info.size:
        raise DamagedError(f"{info.name} in the archive ends after {size} of {info.size} bytes")
    summary.add(info.name, size, digest.hexdigest())


def _counted(blocks: Iterator[bytes], moved: Callable[[int], object]) -> Iterator[bytes]:
    for block in blocks:
        moved(len(block))
        yield block


class _Stream:
    """A source whose reads return as many bytes as requested, as tarfile expects."""

    def __init__(self, source: Readable) -> None:
        self._source, self._rest = source, b""

    def read(self, size: int) -> bytes:
        parts, missing = [self._rest[:size]], size
        self._rest = self._rest[size:]
        missing -= len(parts[0])
        while missing > 0 and (block := self._source.read(BLOCK)):
            parts.append(block[:missing])
            self._rest = block[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)
