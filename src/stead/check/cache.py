"""The cache: facts of files that have not changed since they were read, by size and time of change.

It holds no more than can be read again, so a cache that cannot be used is passed over without a word.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from stead.check.facts import VERSION, Facts, facts_of
from stead.check.tree import Tree

Stamp = tuple[int, int]
NOTHING = Facts()


class _Kept(Struct, array_like=True):
    version: int
    files: dict[str, tuple[Stamp, Facts]]


class Cache:
    """Facts by file; `load` and `save` keep them in a file, beside which nothing else is written."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._kept = self._load()
        self._now: dict[str, tuple[Stamp, Facts]] = {}
        self._changed = False

    def facts(self, path: Path, tree: Tree) -> Facts:
        """Return a file's facts, read once at the most."""
        name = str(path)
        found = self._now.get(name)
        if found is None:
            found = self._now[name] = self._read(path, name, tree)
        return found[1]

    def _read(self, path: Path, name: str, tree: Tree) -> tuple[Stamp, Facts]:
        try:
            status = path.lstat()
        except OSError:
            return (0, 0), NOTHING
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._kept.get(name)
        if kept is not None and kept[0] == stamp:
            return kept
        self._changed = True
        text = tree.text(path)
        return stamp, NOTHING if text is None else facts_of(path, text)

    def save(self) -> None:
        """Keep what this run knows."""
        if self._file is None or not (self._changed or len(self._kept) != len(self._now)):
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        content = msgspec.msgpack.encode(_Kept(VERSION, self._now))
        beside = self._file.with_name(f".{self._file.name}.new")
        beside.write_bytes(content)
        beside.replace(self._file)

    def _load(self) -> dict[str, tuple[Stamp, Facts]]:
        if self._file is None:
            return {}
        try:
            kept = msgspec.msgpack.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return {}
        return kept.files if kept.version == VERSION else {}
