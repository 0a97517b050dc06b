"""Follows the log files of a run: whole lines as they are added, also when a file was begun anew for its size."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from stead.console.log_record import Record, is_probe, record
from stead.run.log_file import older

MOST = 1_048_576  # bytes of one file that are read at once: the next look goes on from there
LOST = b"WARNING: lines may be missing here: they were written faster than they were read"
OWN = frozenset({"stead", "console"})  # what `stead up -d` prints, and this process, not the backend


class LogFollower:
    """One log, read from an offset on.

    Its file stays open when it is renamed, so that what is left of it is read, and no other file gets its number.
    """

    def __init__(self, path: Path, offset: int) -> None:
        self.path = path
        self.offset = offset
        self.level = 20
        self._file: BinaryIO | None = None
        self._more = False  # the open file has more than was read at once

    @classmethod
    def at_end(cls, path: Path) -> "LogFollower":
        """Follow a log from its end as it is now: the file is open from now on, whatever it is renamed to."""
        follower = cls(path, 0)
        if follower._open(path) and follower._file:
            follower.offset = os.fstat(follower._file.fileno()).st_size
        return follower

    def read(self) -> Iterator[Record]:
        """Yield the records of what was added since the last look."""
        for block in self.blocks():
            yield from self._records(block)

    def blocks(self) -> Iterator[bytes]:
        """Yield what was added since the last look, as blocks of whole lines without the last line's end."""
        if self._file is None and not self._open(self.path):
            return
        while True:
            following = self._following()  # before the last lines are read: nobody writes to a renamed file any more
            if block := self._added():
                yield block
            if self._more or following is None or not self._open(following):
                return
            self.offset = 0
            if following != self.path:
                yield LOST

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _open(self, path: Path) -> bool:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        self.close()
        self._file = file
        return True

    def _following(self) -> Path | None:
        """Return the file that was begun after the one that is open; None while that is the one that is written."""
        assert self._file
        mine, now, before = os.fstat(self._file.fileno()).st_ino, _number(self.path), _number(older(self.path))
        if now in (0, mine):
            return None
        return self.path if before in (0, mine) else older(self.path)

    def _added(self) -> bytes:
        assert self._file
        size = os.fstat(self._file.fileno()).st_size
        if size < self.offset:
            self.offset = 0
        self._file.seek(self.offset)
        block = self._file.read(MOST)
        self._more = len(block) == MOST
        whole, newline, _ = block.rpartition(b"\n")
        if not newline and self._more:
            whole, newline = block, b""  # one line without an end that is longer than the part that is read at once
        self.offset += len(whole) + len(newline)
        return whole

    def _records(self, block: bytes) -> Iterator[Record]:
        """A line that begins with white space continues the one before: it has its level."""
        now = time.time_ns() // 1000
        for line in block.decode(errors="replace").split("\n"):
            if not line.strip():
                continue
            made = record(self.path.stem, line.rstrip("\r"), now)
            if is_probe(made):
                continue
            if line[0] in " \t" and not made.fields:
                made = made._replace(level=self.level)
            self.level = made.level
            yield made


class LogFolder:
    """The logs of one run; a file that comes later is followed from its begin."""

    def __init__(self, folder: Path, offsets: Mapping[str, int]) -> None:
        self.folder = folder
        self._offsets = offsets
        self._followers: dict[str, LogFollower] = {}

    def read(self) -> Iterator[Record]:
        with suppress(FileNotFoundError), os.scandir(self.folder) as found:
            names = [entry.name.removesuffix(".log") for entry in found if entry.name.endswith(".log")]
            for name in names:
                if name not in self._followers and name not in OWN:
                    path = self.folder / f"{name}.log"
                    self._followers[name] = LogFollower(path, self._offsets.get(name, 0))
        for follower in self._followers.values():
            yield from follower.read()

    def close(self) -> None:
        for follower in self._followers.values():
            follower.close()


def _number(path: Path) -> int:
    """Return the number by which the file system knows a file; 0 when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def offsets(folder: Path) -> dict[str, int]:
    """Return how far each log of a folder is written."""
    return {file.stem: file.stat().st_size for file in folder.glob("*.log")}
