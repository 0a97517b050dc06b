"""Signing: presigned URLs of S3 by Signature Version 4, for every verb.

Source: "Authenticating Requests: Using Query Parameters" of AWS. The library for buckets, obstore, was the other way:
it signs no headers, and without a signed Content-Length an upload could have any size.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from stead.model import SteadError
from stead.model.bucket_url import FORM, BucketUrl, parse_bucket_url

ALGORITHM = "AWS4-HMAC-SHA256"


def location_of(url: str) -> BucketUrl:
    """Read the service's setting; SteadError when it is no URL of a whole bucket."""
    try:
        at = parse_bucket_url(url)
    except ValueError:
        at = None
    if at is None or at.prefix:
        raise SteadError(f"BUCKET_URL is malformed; expected {FORM}")
    return at


def public_endpoint(url: str) -> str:
    """Return the S3 API's URL without its last slash; SteadError when it is not `http(s)://host[:port]`."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https") or not at.netloc or "@" in at.netloc or at.path.strip("/") or at.query:
        raise SteadError("BUCKET_PUBLIC_URL cannot be read; it has the form https://host[:port], without a path")
    return f"{at.scheme}://{at.netloc}"


def presigned(
    at: BucketUrl,
    method: str,
    name: str,
    *,
    seconds: int,
    headers: Mapping[str, str] = {},
    query: Mapping[str, str] = {},
    now: datetime | None = None,
) -> str:
    """Return a URL for one verb on one object. The caller has to send `headers` exactly as they are signed."""
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{at.region}/s3/aws4_request"
    signed = {"host": urlsplit(at.endpoint).netloc, **{key.lower(): value for key, value in headers.items()}}
    names = ";".join(sorted(signed))
    values = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{at.key}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": names,
        **query,
    }
    path = quote(f"/{at.bucket}/{name}", safe="/-_.~")
    line = "&".join(f"{_quoted(key)}={_quoted(value)}" for key, value in sorted(values.items()))
    lines = "".join(f"{key}:{signed[key].strip()}\n" for key in sorted(signed))
    canonical = f"{method}\n{path}\n{line}\n{lines}\n{names}\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{moment}\n{scope}\n{digest}"
    signature = hmac.digest(_key(at, scope), text.encode(), "sha256").hex()
    return f"{at.endpoint}{path}?{line}&X-Amz-Signature={signature}"


def _key(at: BucketUrl, scope: str) -> bytes:
    key = f"AWS4{at.secret}".encode()
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    return key


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
