"""Verify the signature of a request to S3: Signature Version 4 of AWS.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlencode

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
SKEW = timedelta(minutes=15)
LONGEST = 7 * 86_400  # seconds for which a URL may be signed
ACCESS_KEY = re.compile(r"Credential=([^/,]+)/")
WRITTEN = re.compile(rf"{ALGORITHM} Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)")


@dataclass(frozen=True)
class Signed:
    """A request as it came: its path still in percents, its headers' names small."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def access_key(request: Signed) -> str:
    """Return the access key of a request, without a verification of its signature; empty without a key."""
    named = ACCESS_KEY.search(request.headers.get("authorization", ""))
    if named:
        return named[1]
    return dict(parse_qsl(request.query)).get("X-Amz-Credential", "").partition("/")[0]


def is_authentic(request: Signed, key: str, secret: str, now: datetime) -> bool:
    """Return whether the holder of the secret signed this request, in its headers or in its URL, and it is in time."""
    if "X-Amz-Signature=" in request.query:
        return is_presigned(request, key, secret, now)
    return is_signed(request, key, secret, now)


def is_signed(request: Signed, key: str, secret: str, now: datetime) -> bool:
    """Return whether the holder of the secret signed this very request, a quarter of an hour ago at the most."""
    written = WRITTEN.fullmatch(request.headers.get("authorization", ""))
    if written is None:
        return False
    who, *scope = written[1].split("/")
    body, moment = request.headers.get("x-amz-content-sha256", ""), request.headers.get("x-amz-date", "")
    if (
        who != key
        or body not in (UNSIGNED, hashlib.sha256(request.body).hexdigest())
        or not _covers(request, written[2])
    ):
        return False
    try:
        fresh = abs(_moment(moment) - now) <= SKEW
    except ValueError:
        return False
    text = f"{ALGORITHM}\n{moment}\n{'/'.join(scope)}\n{_digest(request, written[2], body)}"
    return fresh and hmac.compare_digest(_signature(secret, scope, text), written[3])


def is_presigned(request: Signed, key: str, secret: str, now: datetime) -> bool:
    """Return whether the holder of the secret signed this URL, and its time is not over; its payload is not signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    pairs = dict(parse_qsl(request.query, keep_blank_values=True))
    signature = pairs.pop("X-Amz-Signature", "")
    who, *scope = pairs.get("X-Amz-Credential", "").split("/")
    try:
        names, made = pairs["X-Amz-SignedHeaders"], _moment(pairs["X-Amz-Date"])
        seconds = int(pairs["X-Amz-Expires"])
    except (KeyError, ValueError):
        return False
    fresh = 0 < seconds <= LONGEST and made <= now + SKEW and now - made < timedelta(seconds=seconds)
    if who != key or not fresh or not _covers(request, names):
        return False
    digest = _digest(replace(request, query=urlencode(pairs)), names, UNSIGNED)
    text = f"{ALGORITHM}\n{pairs['X-Amz-Date']}\n{'/'.join(scope)}\n{digest}"
    return hmac.compare_digest(_signature(secret, scope, text).encode(), signature.encode())


def _covers(request: Signed, names: str) -> bool:
    """Return whether every header is signed that says where a request goes, or what it does, such as a copy."""
    required = {name for name in request.headers if name.startswith("x-amz-")} | {"host"}
    return required <= set(names.split(";"))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _signature(secret: str, scope: list[str], text: str) -> str:
    signing = f"AWS4{secret}".encode()
    for word in scope:
        signing = hmac.digest(signing, word.encode(), "sha256")
    return hmac.digest(signing, text.encode(), "sha256").hex()


def _digest(request: Signed, names: str, body: str) -> str:
    """Hash the request in its one canonical form."""
    pairs = sorted(parse_qsl(request.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(text, safe='-_.~')}" for name, text in pairs)
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    canonical = f"{request.method}\n{request.path}\n{query}\n{headers}\n{names}\n{body}"
    return hashlib.sha256(canonical.encode()).hexdigest()
