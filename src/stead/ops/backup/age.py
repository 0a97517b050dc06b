"""Encryption: age (https://age-encryption.org/v1), to public keys; and its opening, with a private one.

pyrage pulls from one Python object and pushes into another, 64 KiB at a time. Of an error inside these objects it
reports only the text, so the objects record the error itself. An interruption may come before the record; it is
recognised by its text.
"""

import base64
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.ops.backup.error import BackupError, DamagedError, KeyMismatchError
from stead.ops.backup.stream import BLOCK, Readable, Writable

MAGIC = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how every such key begins
NONE_FITS = "No matching keys"
INTERRUPTED = re.compile(r"SystemExit: (\d+)$")


@dataclass(frozen=True)
class Identities:
    """The private keys of one file, and the file's name for messages."""

    keys: tuple[Any, ...]
    file: Path

    @classmethod
    def read(cls, file: Path) -> "Identities":
        """Read an identity file as age-keygen writes it; BackupError when it holds no key."""
        from pyrage import IdentityError, x25519

        try:
            lines = [line.strip() for line in file.read_text().splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
            raise BackupError(f"the identity {file} cannot be read: {reason}") from None
        try:
            keys = [x25519.Identity.from_str(line) for line in lines if line.startswith(SECRET)]
        except IdentityError:
            keys = []
        if not keys:
            raise BackupError(f"{file} holds no age identity: a line that begins with {SECRET}")
        return cls(tuple(keys), file)

    @property
    def public(self) -> list[str]:
        return [str(key.to_public()) for key in self.keys]


def checked(recipients: Sequence[str]) -> list[str]:
    """Return the recipients without duplicates; BackupError for a malformed one."""
    from pyrage import RecipientError, x25519

    for recipient in recipients:
        try:
            x25519.Recipient.from_str(recipient)
        except RecipientError:
            shown = "a private key" if recipient.upper().startswith(SECRET) else repr(recipient)
            raise BackupError(f"{shown} is not an age recipient: give a public key, which begins with age1") from None
    return list(dict.fromkeys(recipients))


def seal(source: Readable, sink: Writable, recipients: Sequence[str]) -> None:
    """Copy a source into a sink, encrypted to the recipients; unencrypted without recipients."""
    if not recipients:
        while block := source.read(BLOCK):
            sink.write(block)
        return
    from pyrage import EncryptError, encrypt_io, x25519

    first, last = _RecordingReader(source), _RecordingReader(sink)
    try:
        encrypt_io(first, last, [x25519.Recipient.from_str(recipient) for recipient in recipients])
    except (EncryptError, OSError) as error:
        raise first.error or last.error or _interruption(error) or BackupError(f"age: {error}") from None


def unseal(source: Readable, sink: Writable, identities: Identities) -> None:
    """Decrypt an age file into a sink.

    KeyMismatchError when no identity fits, DamagedError when a block was changed or the end is missing; the preceding
    blocks have been written by then.
    """
    from pyrage import DecryptError, decrypt_io

    first, last = _RecordingReader(source), _RecordingReader(sink)
    try:
        decrypt_io(first, last, list(identities.keys))
    except (DecryptError, OSError) as error:
        if noted := first.error or last.error or _interruption(error):
            raise noted from None
        if NONE_FITS in str(error):
            raise KeyMismatchError(f"no key in {identities.file} decrypts it: {', '.join(identities.public)}") from None
        raise DamagedError("the sealed archive was changed, or its end is missing") from None


def seal_values(values: Mapping[str, str], recipients: Sequence[str]) -> str:
    """Encrypt a few values for storage in a manifest; unencrypted without recipients."""
    sealed = io.BytesIO()
    seal(io.BytesIO(json.dumps(values, sort_keys=True).encode()), sealed, recipients)
    return base64.b64encode(sealed.getvalue()).decode() if recipients else sealed.getvalue().decode()


def unseal_values(text: str, identities: Identities | None) -> dict[str, str]:
    """Return the values that `seal_values` encrypted."""
    if identities is None or text.startswith("{"):
        return dict(json.loads(text))
    clear = io.BytesIO()
    unseal(io.BytesIO(base64.b64decode(text)), clear, identities)
    return dict(json.loads(clear.getvalue()))


def _interruption(error: Exception) -> BaseException | None:
    """Return the interruption that has the text of pyrage's error; None for another error."""
    if str(error).startswith("KeyboardInterrupt:"):
        return KeyboardInterrupt()
    found = INTERRUPTED.match(str(error))
    return SystemExit(int(found[1])) if found else None


class _RecordingReader:
    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            return bytes(self._inner.read(size))
        except BaseException as error:
            self.error = error
            raise

    def write(self, data: bytes, /) -> int:
        try:
            return int(self._inner.write(data))
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Do nothing: there is no buffer."""
