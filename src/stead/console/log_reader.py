"""Follows the log files of a run: whole lines as they are added, also when a file was begun anew for its size."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from stead.console.log_record import Record, is_probe, record
from stead.run.log_file import older

MOST = 1_048_576  # bytes of one file that are read at once: the next look goes on from there
OWN = frozenset({"stead", "console"})  # what `stead up -d` prints, and this process; neither is of the backend


class LogFollower:
    """One log file, read from an offset on."""

    def __init__(self, path: Path, offset: int) -> None:
        self.path = path
        self.offset = offset
        self.inode = 0
        self.level = 20

    def read(self) -> Iterator[Record]:
        """Yield what was added since the last look."""
        try:
            about = self.path.stat()
        except FileNotFoundError:
            return
        if self.inode and about.st_ino != self.inode:
            yield from self._added(older(self.path))  # the file was renamed: what is left of it comes first
            self.offset = 0
        self.inode = about.st_ino
        if about.st_size < self.offset:
            self.offset = 0
        if about.st_size > self.offset:
            yield from self._added(self.path)

    def _added(self, path: Path) -> Iterator[Record]:
        with suppress(FileNotFoundError), path.open("rb") as file:
            file.seek(self.offset)
            block = file.read(MOST)
            whole, newline, _ = block.rpartition(b"\n")
            if not newline and len(block) == MOST:
                whole, newline = block, b""  # one line without an end that is longer than what is read at once
            self.offset += len(whole) + len(newline)
            yield from self._records(whole)

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


def offsets(folder: Path) -> dict[str, int]:
    """Return how far each log of a folder is written."""
    return {file.stem: file.stat().st_size for file in folder.glob("*.log")}
