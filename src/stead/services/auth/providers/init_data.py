"""Parse initData of a Telegram Mini App, and verify its signature: pure functions.

Source: "Validating data received via the Mini App" and "Validating data for Third-Party Use" in Telegram's
documentation. The text that is signed is the decoded `key=value` pairs, sorted and joined by line breaks. It is built
from the raw string, since parsed and serialised JSON may differ. Line breaks in a value, or a name with special
characters, would make the split into pairs ambiguous; Telegram sends neither, and both are refused.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from stead.services.auth.contract import called
from stead.services.auth.providers.provider import RejectedError

FUTURE_SECONDS = 30
LARGEST_ID = 2**52 - 1  # "at most 52 significant bits" (Telegram Bot API, User)
MOST_PAIRS = 64
PUBLIC_KEYS = {
    "production": "e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d",
    "test": "40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec",
}
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{86}(?:==)?")
_MOMENT = re.compile(r"[0-9]{1,11}")


class _User(msgspec.Struct):
    id: int
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class ParsedInitData:
    """The user who opened a Mini App, and the time in seconds since 1970."""

    user_id: str
    name: str | None
    at: int


def pairs_of(raw: str) -> dict[str, str]:
    """Return the decoded pairs, blank values too; RejectedError when it is not an initData."""
    try:
        found = parse_qsl(raw, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_PAIRS)
    except ValueError as error:
        raise RejectedError("malformed: not a query string in UTF-8") from error
    pairs = dict(found)
    if len(pairs) != len(found):
        raise RejectedError("duplicate key")
    if not all(_NAME.fullmatch(name) and not _CONTROL.search(value) for name, value in found):
        raise RejectedError("malformed: a name or value that Telegram does not send")
    return pairs


def signed_by_token(pairs: Mapping[str, str], token: str) -> bytes:
    """Return the text that the bot's token signs (HMAC-SHA256); RejectedError when `hash` is not of that token."""
    shown = pairs.get("hash", "")
    if not _HASH.fullmatch(shown):
        raise RejectedError("malformed: no hash")
    text = _text(pairs, without=("hash",))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    if not hmac.compare_digest(hmac.digest(key, text, hashlib.sha256).hex(), shown):
        raise RejectedError("forged, or of another bot")
    return text


def signed_by_telegram(pairs: Mapping[str, str], bot_ids: Sequence[int], key: Ed25519PublicKey) -> bytes:
    """Return the text that Telegram signs for third parties (Ed25519); RejectedError for other bots."""
    shown = pairs.get("signature", "")
    if not _SIGNATURE.fullmatch(shown):
        raise RejectedError("malformed: no signature")
    signature = base64.urlsafe_b64decode(shown[:86] + "==")
    text = _text(pairs, without=("hash", "signature"))
    for bot_id in bot_ids:
        message = f"{bot_id}:WebAppData\n".encode() + text
        try:
            key.verify(signature, message)
        except InvalidSignature:
            continue
        return message
    raise RejectedError("forged, or of another bot")


def opened_by(pairs: Mapping[str, str]) -> ParsedInitData:
    """Parse the user of signed initData."""
    moment = pairs.get("auth_date", "")
    if not _MOMENT.fullmatch(moment):
        raise RejectedError("malformed: no auth_date")
    try:
        user = msgspec.json.decode(pairs.get("user", ""), type=_User)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise RejectedError("malformed: no user") from error
    if not 0 < user.id <= LARGEST_ID:
        raise RejectedError("malformed: no user")
    return ParsedInitData(str(user.id), called(f"{user.first_name} {user.last_name}"), int(moment))


def check_age(opened: ParsedInitData, now: float, max_age: float) -> None:
    """Raise RejectedError when the app was opened too long ago, or will be."""
    if now - opened.at > max_age:
        raise RejectedError("expired")
    if opened.at - now > FUTURE_SECONDS:
        raise RejectedError("from the future")


def public_key(named: str) -> Ed25519PublicKey | None:
    """Return Telegram's key: that of `production`, of `test`, or one in hexadecimal; None when it is none of these."""
    text = PUBLIC_KEYS.get(named, named)
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)) if _HASH.fullmatch(text.lower()) else None


def _text(pairs: Mapping[str, str], *, without: Sequence[str]) -> bytes:
    lines = (f"{name}={value}" for name, value in sorted(pairs.items()) if name not in without)
    try:
        return "\n".join(lines).encode()
    except UnicodeEncodeError as error:
        raise RejectedError("malformed: not a query string in UTF-8") from error
