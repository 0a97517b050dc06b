"""The URL of a bucket: `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?tls=on|off][&region=REGION]`.

The protocol has no URL of its own, so this form is Stead's; every part that reads one reads it here.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

REGION = "us-east-1"
FORM = "s3://key:secret@host/bucket"


@dataclass(frozen=True, slots=True)
class BucketUrl:
    """The parts of the URL, decoded. `endpoint` is the URL of the S3 API; `prefix` has no slash at its ends."""

    endpoint: str
    bucket: str
    prefix: str
    key: str
    secret: str
    region: str = REGION

    def __repr__(self) -> str:
        return f"BucketUrl(bucket={self.bucket!r})"


def parse_bucket_url(url: str) -> BucketUrl:
    """Read the URL; ValueError, without the URL in it, when a part is missing."""
    at = urlsplit(url)
    bucket, _, prefix = at.path.strip("/").partition("/")
    if at.scheme != "s3" or not at.hostname or not bucket or not at.username:
        raise ValueError(f"expected {FORM}")
    region = parse_qs(at.query).get("region", [REGION])[0]
    secret = unquote(at.password or "")
    return BucketUrl(endpoint_of(at), unquote(bucket), unquote(prefix), unquote(at.username), secret, region)


def endpoint_of(at: SplitResult) -> str:
    """Return the URL of the S3 API.

    HTTP is for the loopback and for names without a dot, which containers have; `?tls=on` and `?tls=off` override this.
    """
    tls = parse_qs(at.query).get("tls", [""])[0]
    plain = tls == "off" or (tls != "on" and _is_near(at.hostname or "localhost"))
    return f"{'http' if plain else 'https'}://{at.netloc.rpartition('@')[2] or 'localhost'}"


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." not in host
