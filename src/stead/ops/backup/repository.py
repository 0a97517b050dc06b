"""The backups of one backend in one environment: a folder of folders, and one run at a time in it.

DIR/rewards/prod/20261120T031500Z/points-service.dump.gz.age, …, manifest.json
DIR/rewards/prod/.partial-…          what a run is at; it becomes a backup by one rename
DIR/rewards/prod/.lock               held by the run, which says in it who it is
"""

import fcntl
import getpass
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stead.ops.backup.error import LockedError, PipelineError
from stead.ops.backup.manifest import NAME, Manifest, complete_manifest

PARTIAL = ".partial-"
STAMP = "%Y%m%dT%H%M%SZ"
IGNORED = "# backups hold users' data and must not be committed\n*\n"


@dataclass(frozen=True)
class StoredBackup:
    """One complete backup."""

    folder: Path
    manifest: Manifest


class Repository:
    """The folder of one backend's backups in one environment."""

    def __init__(self, to: Path, backend: str, environment: str) -> None:
        self.root = to.absolute()
        self.path = self.root / backend / environment
        self.named = f"{backend} ({environment})"

    def make(self) -> None:
        """Create the folder, inaccessible to other users and ignored by git."""
        fresh = not self.root.exists()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if fresh:
            self.root.chmod(0o700)
            (self.root / ".gitignore").write_text(IGNORED)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock during the block; LockedError names the holder."""
        try:
            self.make()
            lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise PipelineError("disk", f"{self.path} cannot be written: {error.strerror}") from None
        try:
            if not _locks(lock, fcntl.LOCK_EX):
                raise LockedError(
                    f"another backup of {self.named} runs: {_holder_text(lock)}; its lock is {self.path / '.lock'}"
                )
            os.ftruncate(lock, 0)
            os.pwrite(lock, json.dumps(_lock_holder()).encode(), 0)
            yield
        finally:
            os.close(lock)

    def clean(self) -> list[str]:
        """Remove the remains of killed runs, while holding the lock; return the removed names."""
        dead = sorted(self.path.glob(f"{PARTIAL}*"))
        for folder in dead:
            shutil.rmtree(folder)
        return [folder.name for folder in dead]

    @contextmanager
    def partial(self, at: datetime) -> Iterator[Path]:
        """Yield a folder for a new backup; it is removed after the block unless it was published."""
        folder = self.path / f"{PARTIAL}{at.strftime(STAMP)}-{os.getpid()}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, partial: Path, at: datetime) -> Path:
        """Publish a finished folder as a backup: atomically, and durable after a power failure."""
        for file in partial.iterdir():
            _sync(file)
        _sync(partial)
        number, final = 1, self.path / at.strftime(STAMP)
        while final.exists():
            number += 1
            final = self.path / f"{at.strftime(STAMP)}-{number}"
        partial.rename(final)
        _sync(self.path)
        return final

    def complete_backups(self) -> list[StoredBackup]:
        """Return the complete backups, the newest first."""
        folders = [file.parent for file in self.path.glob(f"*/{NAME}") if not file.parent.name.startswith(".")]
        found = [StoredBackup(folder, manifest) for folder in folders if (manifest := complete_manifest(folder))]
        return sorted(found, key=lambda each: (each.manifest.created_at, each.folder.name), reverse=True)

    def remove(self, folder: Path) -> bool:
        """Remove a backup, its manifest last; return False when a reader has locked it."""
        with suppress(OSError, LockedError), reading(folder, fcntl.LOCK_EX):
            gone = folder.with_name(f"{PARTIAL}{folder.name}-removed")
            folder.rename(gone)
            shutil.rmtree(gone)
            return True
        return False


@contextmanager
def reading(folder: Path, how: int = fcntl.LOCK_SH) -> Iterator[None]:
    """Prevent the removal of a backup during the block."""
    file = os.open(folder / NAME, os.O_RDONLY)
    try:
        if not _locks(file, how):
            raise LockedError(f"{folder} is in use: it is being {'removed' if how == fcntl.LOCK_SH else 'read'}")
        yield
    finally:
        os.close(file)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _locks(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_holder() -> dict[str, str | int]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "user": user,
        "since": datetime.now(UTC).isoformat("T", "seconds"),
    }


def _holder_text(lock: int) -> str:
    try:
        holder = json.loads(os.pread(lock, 1000, 0))
        return f"process {holder['pid']} of {holder['user']} on {holder['host']}, since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        return "the process is unknown"


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
