"""A sealed file: settings as dotenv text, encrypted with age (https://age-encryption.org/v1) to one or more people.

python-dotenv parses the text and pyrage the envelope, without access to the environment. A value may contain quotes,
`$`, backticks and line breaks, and is returned unchanged.

Errors:
    SealedError      the file or the key cannot be used; the text never holds a value
"""

import os
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

from stead.model import SteadError

ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,99}")


class SealedError(SteadError):
    """A sealed file that cannot be read or written."""


def parse(text: str) -> dict[str, str]:
    """Read dotenv text; a name without a value is left out."""
    from dotenv import dotenv_values

    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None}


def write(values: Mapping[str, str]) -> str:
    """Return dotenv text, sorted by name; SealedError for a malformed name."""
    for name in values:
        if not _NAME.fullmatch(name):
            raise SealedError(
                f"{name!r} is not a valid setting name: use upper-case letters, digits and underscores, a letter first"
            )
    return "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(values.items()))


def _quoted(value: str) -> str:
    """Quote singly, where dotenv knows two escapes only."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def unseal(content: bytes, identity: str) -> dict[str, str]:
    """Decrypt with an age identity, `AGE-SECRET-KEY-1…`; SealedError when it does not fit."""
    from pyrage import DecryptError, IdentityError, decrypt, x25519

    try:
        text = decrypt(content, [x25519.Identity.from_str(_key(identity))]).decode()
    except IdentityError:
        raise SealedError("the identity is malformed: an age identity starts with AGE-SECRET-KEY-1") from None
    except DecryptError:
        raise SealedError("the file cannot be decrypted: it is damaged, or sealed to other recipients") from None
    except UnicodeDecodeError:
        raise SealedError("the sealed file does not contain text") from None
    return parse(text)


def seal(values: Mapping[str, str], recipients: Sequence[str]) -> bytes:
    """Encrypt to age recipients, `age1…`; SealedError for a malformed one, or without any."""
    from pyrage import RecipientError, encrypt, x25519

    if not recipients:
        raise SealedError("no recipient: give at least one, age1…")
    try:
        keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
    except RecipientError:
        raise SealedError("a recipient is malformed: an age recipient starts with age1") from None
    return bytes(encrypt(write(values).encode(), keys))


def replace(file: Path, content: bytes) -> None:
    """Put a sealed file in place in one step: a reader sees the old one or the new one."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def _key(identity: str) -> str:
    """Return the key line of an identity file; comments and blank lines are ignored."""
    lines = [line.strip() for line in identity.splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")
