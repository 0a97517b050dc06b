"""Find the archives of the given path: one file, one backup, or a folder of backups.

A file without a manifest beside it was written by another tool, and needs --unverified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.ops.backup.error import BackupError, ManifestError
from stead.ops.backup.item import BackupItem
from stead.ops.backup.manifest import NAME, Archive, Manifest, complete_manifest, read


@dataclass(frozen=True)
class Owner:
    """The backend and environment of the backups; a backup of another environment has to be named itself."""

    backend: str
    environment: str

    def owns(self, manifest: Manifest) -> bool:
        return (manifest.backend, manifest.environment) == (self.backend, self.environment)

    def __str__(self) -> str:
        return f"{self.backend} ({self.environment})"


@dataclass(frozen=True)
class ArchiveMatch:
    """One archive, the part to restore it to, and its manifest entry; None for a dump of another tool."""

    path: Path
    part: BackupItem
    known: Archive | None
    manifest: Manifest | None


def find(
    given: Path, whose: Owner, parts: Sequence[BackupItem], *, chosen: bool, unverified: bool
) -> list[ArchiveMatch]:
    """Return the archives for these parts; BackupError or ManifestError when they cannot be determined.

    chosen      these parts were named, so each must be there
    unverified  an archive without a manifest is taken, too
    """
    if not given.exists():
        raise BackupError(f"{given} does not exist")
    folder = given if given.is_dir() else given.parent
    if given.is_dir() and not (given / NAME).exists():
        folder = newest(given, whose)
    elif not given.is_dir() and (unverified or not (folder / NAME).exists()):
        return [_old(given, parts, unverified=unverified)]
    manifest = read(folder)
    if manifest.backend != whose.backend:
        raise BackupError(f"{folder} is a backup of {manifest.backend}, not of {whose.backend}")
    only = None if given.is_dir() else given.name
    return _matched(folder, manifest, parts, only, chosen=chosen)


def newest(folder: Path, whose: Owner) -> Path:
    """Return the newest complete backup below a folder; ManifestError when there is none."""
    places = [file.parent for file in folder.rglob(NAME) if not file.parent.name.startswith(".")]
    complete = [(manifest, place) for place in places if (manifest := complete_manifest(place))]
    found = [(manifest.created_at, place) for manifest, place in complete if whose.owns(manifest)]
    if not found:
        raise ManifestError(f"{folder} holds no complete backup of {whose}: a folder with a {NAME}")
    return max(found)[1]


def _matched(
    folder: Path, manifest: Manifest, parts: Sequence[BackupItem], only: str | None, *, chosen: bool
) -> list[ArchiveMatch]:
    if only and manifest.archive(only) is None:
        raise ManifestError(
            f"the {NAME} beside {folder / only} does not list this file; to restore it without verification: "
            "--unverified"
        )
    known = {archive.part: archive for archive in manifest.archives if only in (None, archive.file)}
    found = [
        ArchiveMatch(folder / known[part.name].file, part, known[part.name], manifest)
        for part in parts
        if part.name in known
    ]
    if missing := [part.name for part in parts if chosen and part.name not in known]:
        raise BackupError(f"{folder} holds nothing of {', '.join(missing)}; it holds {', '.join(known)}")
    if not found:
        raise BackupError(f"{folder} holds {', '.join(known)}; the backend has none of these")
    return found


def _old(file: Path, parts: Sequence[BackupItem], *, unverified: bool) -> ArchiveMatch:
    if not unverified:
        raise ManifestError(
            f"{file} has no {NAME} beside it, so it cannot be verified. "
            "For a dump that Stead did not write: --unverified restores it without a check"
        )
    if len(parts) != 1:
        raise BackupError(f"name the service to restore {file} to: {', '.join(part.name for part in parts)}")
    return ArchiveMatch(file, parts[0], None, None)
