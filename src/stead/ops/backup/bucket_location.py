"""The location and the credentials of a bucket: from a service's URL, or from the command line.

A key is never an argument: every user of the machine can list arguments.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

from stead.ops.backup.error import BackupError

REGION = "us-east-1"


@dataclass(frozen=True)
class BucketLocation:
    """A bucket with its endpoint; `prefix` is a folder in it, without slashes at its ends."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    key: str = ""
    secret: str = ""
    region: str = REGION

    @classmethod
    def of_bucket(cls, url: str) -> "BucketLocation":
        """Parse the URL of a service's bucket: `s3://key:secret@host/bucket`.

        Plain HTTP is used for this machine and for names without a dot, as containers have; `?tls=on` and `?tls=off`
        override this.
        """
        at = urlsplit(url)
        bucket, _, prefix = at.path.strip("/").partition("/")
        if at.scheme != "s3" or not at.hostname or not bucket or not at.username:
            raise BackupError("expected the URL of a bucket: s3://key:secret@host/bucket")
        options = parse_qs(at.query)
        plain = options.get("tls", [""])[0] == "off" or ("tls" not in options and _is_near(at.hostname))
        host = at.netloc.rpartition("@")[2]
        return cls(
            bucket, prefix, f"{'http' if plain else 'https'}://{host}", unquote(at.username),
            unquote(at.password or ""), options.get("region", [REGION])[0],
        )  # fmt: skip

    @classmethod
    def of_upload(cls, url: str, given: Callable[[str], str]) -> "BucketLocation":
        """Parse `s3://bucket/prefix`; credentials and endpoint are in the usual AWS_… variables."""
        at = urlsplit(url)
        if at.username or at.password:
            raise BackupError(
                "a key in --upload is visible in the list of processes: set "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or in the env file"
            )
        if at.scheme != "s3" or not at.hostname:
            raise BackupError(f"{url} is not a place to upload to: expected s3://bucket/prefix")
        key, secret = given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY")
        if not key or not secret:
            raise BackupError(f"no credentials are given for {url}: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        endpoint = given("AWS_ENDPOINT_URL_S3") or given("AWS_ENDPOINT_URL")
        region = given("AWS_REGION") or given("AWS_DEFAULT_REGION") or REGION
        return cls(at.netloc, at.path.strip("/"), endpoint, key, secret, region)

    def inside(self, *names: str) -> "BucketLocation":
        return replace(self, prefix="/".join(name for name in (self.prefix, *names) if name))

    def at(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def __repr__(self) -> str:
        return f"Place({self})"

    def __str__(self) -> str:
        host = urlsplit(self.endpoint).netloc
        return f"s3://{self.bucket}{'/' if self.prefix else ''}{self.prefix}" + (f" at {host}" if host else "")


def _is_near(host: str) -> bool:
    """Return whether a host is this machine or a container on it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." not in host
