"""The location and the credentials of a bucket: from a service's URL, or from the command line.

A key is never an argument: every user of the machine can list arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from stead.model.bucket_url import REGION, parse_bucket_url
from stead.ops.backup.error import BackupError


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
        """Parse the URL of a service's bucket."""
        try:
            at = parse_bucket_url(url)
        except ValueError as error:
            raise BackupError(f"the URL of a bucket is malformed: {error}") from None
        return cls(at.bucket, at.prefix, at.endpoint, at.key, at.secret, at.region)

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
        return f"BucketLocation({self})"

    def __str__(self) -> str:
        host = urlsplit(self.endpoint).netloc
        return f"s3://{self.bucket}{'/' if self.prefix else ''}{self.prefix}" + (f" at {host}" if host else "")
