"""Secrets from a file sealed with age. It is read again when it changes; its digest is the version."""

import asyncio
from hashlib import sha256
from pathlib import Path

from stead.kit.age_file import SealedError, unseal
from stead.services.secrets.source import Snapshot, SourceError


class FileSource:
    """A sealed file. The identity comes from the environment or from a file that is read each time."""

    def __init__(self, file: Path, *, identity: str | None = None, identity_file: Path | None = None) -> None:
        self._file = file
        self._identity = identity
        self._identity_file = identity_file

    async def load(self) -> Snapshot:
        return await asyncio.to_thread(self._load)

    def _load(self) -> Snapshot:
        try:
            content = self._file.read_bytes()
            identity = self._identity or (self._identity_file.read_text() if self._identity_file else "")
            return Snapshot(unseal(content, identity), sha256(content).hexdigest()[:16])
        except OSError as error:
            raise SourceError(f"{error.filename} cannot be read: {error.strerror}") from None
        except SealedError as error:
            raise SourceError(f"{self._file}: {error}") from None
