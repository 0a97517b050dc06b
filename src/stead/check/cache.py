"""The cache: facts of files that have not changed since they were read, by size and time of change.

It holds no more than can be read again, so a cache that cannot be used is ignored silently.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from stead.check import facts
from stead.check.facts import VERSION, At, Facts, facts_of
from stead.check.tree import LARGEST, Tree

Stamp = tuple[int, int]
NOTHING = Facts()
BINARY = Facts(faults=[At("", 1, 1, "nul")])


class _CacheFile(Struct, array_like=True):
    version: int
    files: dict[str, tuple[Stamp, Facts]]
    answers: dict[str, dict[str, tuple[Stamp, bytes]]] = {}


class Cache:
    """Facts by file; `load` and `save` keep them in a file, beside which nothing else is written.

    without  readers that nobody asks here; what is kept in a file is asked by all
    """

    def __init__(self, file: Path | None = None, without: frozenset[str] = frozenset()) -> None:
        assert file is None or not without, "what is kept has the facts of all readers"
        self._file = file
        self._without = without
        cached = self._load()
        self._kept = cached.files
        self._answers = cached.answers
        self._now: dict[str, tuple[Stamp, Facts]] = {}
        self._changed = False

    def facts(self, path: Path, tree: Tree) -> Facts:
        """Return a file's facts, read once at the most."""
        name = str(path)
        found = self._now.get(name)
        if found is None:
            found = self._now[name] = self._read(path, name, tree)
            tree.notes += (f"{path}: {at.text}" for at in found[1].faults if at.more == "unread")
        return found[1]

    def _read(self, path: Path, name: str, tree: Tree) -> tuple[Stamp, Facts]:
        try:
            status = path.lstat()
        except OSError:
            return (0, 0), NOTHING
        stamp = (status.st_mtime_ns, status.st_size)
        cached = self._kept.get(name)
        known = cached is not None and cached[0] == stamp
        if cached is not None and known and status.st_size <= LARGEST:  # a larger file is read each time
            return cached
        self._changed = True
        text = tree.text(path)
        if text is None:
            return stamp, BINARY if path in tree.binary else NOTHING
        try:
            return stamp, facts_of(path, text, self._without)
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            # A file that makes one reader fail loses the facts of this reader only.
            tree.notes.append(f"{path} was not understood: {type(error).__name__}: {error}")
            return (0, 0), NOTHING

    def answer(self, program: str, path: Path) -> bytes | None:
        """Return what a program said of a file as it is now; None when it has not been asked."""
        cached = self._answers.get(program, {}).get(str(path))
        return cached[1] if cached is not None and cached[0] == _stamp(path) else None

    def keep(self, program: str, path: Path, answer: bytes) -> None:
        """Remember what a program said of a file; what an earlier edition of the program said is forgotten."""
        if program not in self._answers:
            name = program.partition(" ")[0]
            self._answers = {
                known: answers for known, answers in self._answers.items() if known.partition(" ")[0] != name
            }
        self._answers.setdefault(program, {})[str(path)] = (_stamp(path), answer)
        self._changed = True

    def save(self) -> None:
        """Keep what this run knows, and what an earlier one knew of files that this one did not ask for."""
        if self._file is None or not self._changed:
            return
        others = {name: cached for name, cached in self._kept.items() if name not in self._now and Path(name).exists()}
        content = msgspec.msgpack.encode(_CacheFile(edition(), others | self._now, self._answers))
        with suppress(OSError):  # a folder that cannot be written to makes the check slower, and does nothing else
            _private(self._file.parent)
            beside = self._file.with_name(f".{self._file.name}.{os.getpid()}")
            beside.write_bytes(content)
            beside.replace(self._file)

    def _load(self) -> _CacheFile:
        if self._file is None:
            return _CacheFile(0, {})
        try:
            cached = msgspec.msgpack.decode(self._file.read_bytes(), type=_CacheFile)
        except (OSError, msgspec.MsgspecError):
            return _CacheFile(0, {})
        return cached if cached.version == edition() else _CacheFile(0, {})


def _stamp(path: Path) -> Stamp:
    status = path.lstat()
    return status.st_mtime_ns, status.st_size


def edition() -> int:
    """Return a number that is another one when a reader of facts is."""
    readers = Path(facts.__file__).parent.glob("*.py")
    return max((reader.stat().st_mtime_ns for reader in readers), default=0) + VERSION


def _private(folder: Path) -> None:
    """Make the folder, closed to others and ignored by git."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
