"""Errors of backups.

Errors of this package:
    SteadError
    └── BackupError                a backup cannot be made or read
        ├── PipelineError          one stage of a stream failed: a program, the disk, the seal
        ├── LockedError            another run is at it
        ├── ManifestError          what a backup should hold is not known
        ├── DamagedError           an archive is not what its manifest says
        ├── KeyMismatchError       none of the identities opens an archive
        ├── StoreError             an S3 store refused, or holds something else than it was given
        │   └── NotFoundInStoreError an object is not there any more
        └── RefusedError           a restore that would replace what is there
"""

from stead.model import SteadError


class BackupError(SteadError):
    """A backup cannot be made or read."""


class PipelineError(BackupError):
    """One stage of a stream failed; the text begins with its name."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(f"{stage}: {message}")
        self.stage = stage


class LockedError(BackupError):
    """Another run is at it."""


class ManifestError(BackupError):
    """There is no manifest, or it cannot be read."""


class DamagedError(BackupError):
    """An archive is not what its manifest says, or ends too early."""


class KeyMismatchError(BackupError):
    """None of the identities opens an archive."""


class StoreError(BackupError):
    """An S3 store refused, or holds something else than it was given."""


class NotFoundInStoreError(StoreError):
    """An object is not there any more."""


class RefusedError(BackupError):
    """A restore that would replace what is there."""
