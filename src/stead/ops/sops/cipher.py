"""One value of a SOPS file: AES-256-GCM with the file's data key, bound to the value's place by the associated data.

The format is that of getsops/sops v3 (`aes/cipher.go`): a nonce of 32 bytes, and the tag apart from the text.
"""

import base64
import binascii
import os
import re
from decimal import Decimal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stead.ops.sops.error import SopsError, TamperedError

Scalar = str | int | float | bool
NONCE, TAG, KEY = 32, 16, 32
SEALED = re.compile(
    r"ENC\[AES256_GCM,data:(?P<data>[^,]*),iv:(?P<iv>[^,]+),tag:(?P<tag>[^,]+),type:(?P<type>[a-z]+)\]", re.DOTALL
)


def is_sealed(value: object) -> bool:
    """Return whether a value is sealed; the empty text is kept as it is."""
    return value == "" or (isinstance(value, str) and SEALED.fullmatch(value) is not None)


def seal(value: Scalar, key: bytes, place: str) -> str:
    """Return the encrypted form of a value."""
    if value == "":
        return ""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(key).encrypt(nonce, as_bytes(value), place.encode())
    data, tag = sealed[:-TAG], sealed[-TAG:]
    return f"ENC[AES256_GCM,data:{_text(data)},iv:{_text(nonce)},tag:{_text(tag)},type:{type_of(value)}]"


def unseal(text: str, key: bytes, place: str) -> Scalar:
    """Decrypt a value; TamperedError when it was changed, or moved to another name."""
    if text == "":
        return ""
    found = SEALED.fullmatch(text)
    if not found:
        name = place.rstrip(":")
        mend = f"restore the file from an earlier commit, make a new value, and stead secret set {name}"
        raise SopsError(f"{name} is not encrypted: {mend}")
    try:
        data, nonce, tag = (base64.b64decode(found[name], validate=True) for name in ("data", "iv", "tag"))
        clear = AESGCM(key).decrypt(nonce, data + tag, place.encode())
    except (InvalidTag, binascii.Error, ValueError):
        message = f"{place.rstrip(':')} was changed, or moved from another name: take the file from an earlier commit"
        raise TamperedError(message) from None
    return _typed(clear, found["type"], place)


def as_bytes(value: Scalar) -> bytes:
    """Return SOPS's plain text of a value, for encryption and for the MAC."""
    if isinstance(value, bool):
        return str(value).encode()  # True and False
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0").encode()  # every digit, and no exponent
    return str(value).encode()


def text_of(value: object, name: str) -> str:
    """Return a value as `sops` prints it; SopsError for what is more than one value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return as_bytes(value).decode()
    if value is None:
        return ""
    raise SopsError(f"{name} is a {type(value).__name__}, and a secret is one text: stead secret set {name}")


def type_of(value: Scalar) -> str:
    return "bool" if isinstance(value, bool) else {int: "int", float: "float"}.get(type(value), "str")


def _typed(clear: bytes, kind: str, place: str) -> Scalar:
    text = clear.decode()
    match kind:
        case "str":
            return text
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "bool":
            return text == "True"
    raise SopsError(f"{place.rstrip(':')} has the type {kind}, which Stead does not support: use a text")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
