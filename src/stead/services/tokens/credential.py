"""What an API token looks like: `pat_`, 32 random characters, six of checksum; letters and digits, and never a dot.

The 32 characters hold 190 bits; the last four of a token, which the list shows as a hint, belong to the checksum, which
tells at most 24 of them. The prefix lets secret scanners find a token in a repository, and the checksum lets this
service refuse a mistyped one without asking its database. No dot: the gateway tells JWTs by their dots.

Stored is the SHA-256 of the whole. A slow password hash, the rejected option, protects what people choose; nothing can
be tried out against 166 bits. The lookup is by that hash, so its timing tells nothing about the token.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "pat_"
RANDOM, CHECKSUM, HINT = 32, 6, 4
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")


def new() -> str:
    """Return a token that nobody has."""
    body = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return body + checksum(body)


def is_one(text: str) -> bool:
    """Return whether a text has the form of a token, its checksum included."""
    return _FORM.fullmatch(text) is not None and checksum(text[:-CHECKSUM]) == text[-CHECKSUM:]


def digest(token: str) -> bytes:
    """Return what is stored in place of a token."""
    return hashlib.sha256(token.encode()).digest()


def hint(token: str) -> str:
    """Return what its owner may see of a token later."""
    return token[-HINT:]


def checksum(body: str) -> str:
    """Return the CRC-32 of a text in base 62."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
