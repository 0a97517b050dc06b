"""Release: a shipped version, stored on the host in the backend's `.stead/`, for rollbacks.

    .stead/shipped/stage/
      current           the version that runs
      switching.json    the version to which a ship was switching when it was ended; there only then
      4f2a91c/
        release.json    the version, the names of its images, when
        compose.yaml    the Compose files as they were: going back means those, too
        compose.stage.yaml

No secret is in it: those stay in `secrets/`, and what a person gives in the env file.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from stead.ops.ship.error import LockedError, NotReadyError

FOLDER = "shipped"
RETAINED = 5  # releases, the one that runs included
CURRENT = "current"
FILE = "release.json"
SWITCHING = "switching.json"
RESERVED = (CURRENT, SWITCHING)  # no version can have these names: its folder would take the place of the file


@dataclass(frozen=True, slots=True)
class Release:
    """One version. `variables` are those that Compose substitutes in the files: VERSION, and IMAGE_… for each image."""

    version: str
    variables: Mapping[str, str]
    files: tuple[str, ...]
    shipped_at: str


class Releases:
    """The releases of one environment: `compose` is the folder of the Compose files, `kept` that of all releases."""

    def __init__(self, compose: Path, kept: Path, environment: str) -> None:
        self._compose = compose
        self.folder = kept / FOLDER / environment

    def current(self) -> Release | None:
        """Return the running release, if it was shipped from here; NotReadyError when its record is damaged."""
        if not (self.folder / CURRENT).exists():
            return None
        version = (self.folder / CURRENT).read_text().strip()
        try:
            self._recover(version)
            return self._read(self.folder / version / FILE)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NotReadyError(
                f"{self.folder} is damaged ({error}); delete it; the ship then counts as the first"
            ) from None

    def _recover(self, version: str) -> None:
        """Complete an interrupted replacement of a release by one of the same version."""
        draft = self.folder / f".{version}.new"
        if not (self.folder / version).exists() and (draft / FILE).exists():
            draft.rename(self.folder / version)

    @staticmethod
    def _read(file: Path) -> Release:
        read = json.loads(file.read_text())
        return Release(read["version"], read["variables"], tuple(read["files"]), read["shipped_at"])

    def interrupted(self) -> Release | None:
        """Return the version that a killed ship was switching to, or None."""
        try:
            return self._read(self.folder / SWITCHING)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # it was being written: nothing was touched yet
            return None

    def begin(self, version: str, variables: Mapping[str, str], files: Sequence[str]) -> None:
        """Record the start of a switch, before the first container changes."""
        fresh = self.folder / f".{SWITCHING}.new"
        fresh.write_text(json.dumps(asdict(_release(version, variables, files))) + "\n")
        fresh.replace(self.folder / SWITCHING)

    def end(self) -> None:
        """Record the end of a switch, whichever version runs."""
        (self.folder / SWITCHING).unlink(missing_ok=True)

    def files_of(self, release: Release) -> tuple[str, ...]:
        """Return the Compose files of a release, relative to the folder of the Compose files."""
        folder = os.path.relpath(self.folder / release.version, self._compose)
        return tuple(f"{folder}/{name}" for name in release.files)

    def keep(self, version: str, variables: Mapping[str, str], files: Sequence[str]) -> Release:
        """Store the version that runs now as the current one; of the others the newest stay."""
        made = _release(version, variables, files)
        draft = self.folder / f".{version}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in files:
            shutil.copyfile(self._compose / name, draft / name)
        (draft / FILE).write_text(json.dumps(asdict(made), indent=1) + "\n")
        old = self.folder / f".{version}.old"
        shutil.rmtree(old, ignore_errors=True)
        if (self.folder / version).exists():  # set aside, not deleted: a ship may be killed between any two lines
            (self.folder / version).rename(old)
        draft.rename(self.folder / version)
        shutil.rmtree(old, ignore_errors=True)
        fresh = self.folder / f".{CURRENT}.new"
        fresh.write_text(f"{version}\n")
        fresh.replace(self.folder / CURRENT)
        self.end()
        self._forget()
        return made

    def _forget(self) -> None:
        found = sorted(self.folder.glob(f"*/{FILE}"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in found[RETAINED:]:
            shutil.rmtree(file.parent)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock this environment against other ships during the block."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        os.set_inheritable(lock, True)  # a Compose that outlives a killed ship holds it until it has ended
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise LockedError(f"another ship runs here now: {self.folder}") from None
        finally:
            os.close(lock)


def _release(version: str, variables: Mapping[str, str], files: Sequence[str]) -> Release:
    return Release(version, dict(variables), tuple(files), datetime.now(UTC).isoformat(timespec="seconds"))
