"""Whether a request to S3 is signed by who it says: Signature Version 4, as AWS describes it.

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
WRITTEN = re.compile(rf"{ALGORITHM} Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)")


@dataclass(frozen=True)
class Signed:
    """A request as it came: its path still in percents, its headers' names small."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def is_signed(asked: Signed, key: str, secret: str) -> bool:
    """Tell whether the holder of the secret signed this very request."""
    written = WRITTEN.fullmatch(asked.headers.get("authorization", ""))
    if written is None:
        return False
    who, *scope = written[1].split("/")
    body = asked.headers.get("x-amz-content-sha256", "")
    if who != key or body not in (UNSIGNED, hashlib.sha256(asked.body).hexdigest()):
        return False
    text = f"{ALGORITHM}\n{asked.headers['x-amz-date']}\n{'/'.join(scope)}\n{_digest(asked, written[2], body)}"
    signing = f"AWS4{secret}".encode()
    for word in scope:
        signing = hmac.digest(signing, word.encode(), "sha256")
    return hmac.compare_digest(hmac.digest(signing, text.encode(), "sha256").hex(), written[3])


def is_presigned(asked: Signed, key: str, secret: str, now: datetime) -> bool:
    """Tell whether the holder of the secret signed this URL, and its time is not over; its payload is not signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    pairs = dict(parse_qsl(asked.query, keep_blank_values=True))
    signature = pairs.pop("X-Amz-Signature", "")
    who, *scope = pairs.get("X-Amz-Credential", "").split("/")
    try:
        made = datetime.strptime(pairs["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        fresh = made <= now + SKEW and now < made + timedelta(seconds=int(pairs["X-Amz-Expires"]))
    except (KeyError, ValueError):
        return False
    if who != key or not fresh:
        return False
    plain = replace(asked, query=urlencode(pairs))
    digest = _digest(plain, pairs["X-Amz-SignedHeaders"], UNSIGNED)
    text = f"{ALGORITHM}\n{pairs['X-Amz-Date']}\n{'/'.join(scope)}\n{digest}"
    signing = f"AWS4{secret}".encode()
    for word in scope:
        signing = hmac.digest(signing, word.encode(), "sha256")
    return hmac.compare_digest(hmac.digest(signing, text.encode(), "sha256").hex(), signature)


def _digest(asked: Signed, names: str, body: str) -> str:
    """Hash the request in its one canonical form."""
    pairs = sorted(parse_qsl(asked.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(text, safe='-_.~')}" for name, text in pairs)
    headers = "".join(f"{name}:{' '.join(asked.headers.get(name, '').split())}\n" for name in names.split(";"))
    canonical = f"{asked.method}\n{asked.path}\n{query}\n{headers}\n{names}\n{body}"
    return hashlib.sha256(canonical.encode()).hexdigest()
