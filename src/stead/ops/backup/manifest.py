"""`manifest.json`: the contents of a backup, for verification, search and restore."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from stead.ops.backup.error import DamagedError, ManifestError
from stead.ops.backup.stream import BLOCK

NAME = "manifest.json"
FORMAT = 1


class Archive(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part's archive.

    size, sha256  of the file as it lies there
    plain         bytes before gzip and age
    rows          rows a table, or bytes an object's key, as they were in the snapshot
    schema        a digest of each object's definition
    contents      sums over the rows, or of the objects: JSON, sealed to the same recipients
    """

    part: str
    kind: str
    users: tuple[str, ...]
    file: str
    size: int
    sha256: str
    plain: int
    source: str
    server: str = ""
    rows: dict[str, int] = {}
    schema: dict[str, str] = {}
    contents: str = "{}"
    seconds: float = 0.0
    tools: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One backup."""

    format: int
    backend: str
    environment: str
    version: str
    created_at: datetime
    made_with: str
    recipients: tuple[str, ...]
    archives: tuple[Archive, ...]

    def archive(self, file: str) -> Archive | None:
        return next((archive for archive in self.archives if archive.file == file), None)

    def write(self, folder: Path) -> Path:
        path = folder / NAME
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")
        return path


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup; ManifestError when it is missing or unreadable."""
    path = folder / NAME
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise ManifestError(f"{folder} has no {NAME}: the content of its archives cannot be verified") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read: {error}") from None
    if found.format != FORMAT:
        raise ManifestError(f"{path} has format {found.format}; this version of Stead reads format {FORMAT}")
    return found


def verify(folder: Path, archive: Archive, report: Callable[[int], object] = lambda _: None) -> None:
    """Verify a file against its manifest; DamagedError names the difference."""
    path = folder / archive.file
    try:
        size = path.stat().st_size
        if size != archive.size:
            what = "is truncated" if size < archive.size else "is too long"
            raise DamagedError(f"{path} {what}: it has {size} bytes of {archive.size}")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                report(len(block))
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror}") from None
    if digest.hexdigest() != archive.sha256:
        raise DamagedError(f"{path} was changed: its SHA-256 is not the one in {NAME}")


def complete_manifest(folder: Path) -> Manifest | None:
    """Return a backup's manifest when all its files have their size; otherwise None."""
    try:
        found = read(folder)
        sizes = [(folder / archive.file).stat().st_size for archive in found.archives]
    except (ManifestError, OSError):
        return None
    return found if sizes == [archive.size for archive in found.archives] else None
