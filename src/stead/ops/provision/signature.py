"""Sign requests to S3: AWS Signature Version 4 in one header, with a hash of the body (docs.aws.amazon.com, S3 API).

Rejected: a client library of 80 MB for the four requests that create a bucket. A test compares this code with the
vector in the documentation.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"


def headers(credentials: Credentials, method: str, url: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a request; `now` in UTC, the query's names without values."""
    parts = urlsplit(url)
    digest = hashlib.sha256(body).hexdigest()
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    signed = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    query = "&".join(f"{quote(name, safe='')}=" for name in sorted(filter(None, parts.query.split("&"))))
    canonical = [method, parts.path or "/", query, *(f"{name}:{signed[name]}" for name in signed), ""]
    text = "\n".join([*canonical, ";".join(signed), digest])
    scope = f"{moment[:8]}/{credentials.region}/s3/aws4_request"
    string_to_sign = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(text.encode()).hexdigest()])
    signature = hmac.new(_key(credentials, moment[:8]), string_to_sign.encode(), hashlib.sha256).hexdigest()
    return _without_host(signed) | {
        "authorization": f"{ALGORITHM} Credential={credentials.key}/{scope},"
        f"SignedHeaders={';'.join(signed)},Signature={signature}"
    }


def _key(credentials: Credentials, day: str) -> bytes:
    key = f"AWS4{credentials.secret}".encode()
    for part in (day, credentials.region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _without_host(signed: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in signed.items() if name != "host"}
