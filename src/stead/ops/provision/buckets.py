"""`python -m stead.ops.provision.buckets ADMIN_URL_FILE URL_FILE:versioned|plain:DAYS…`: create the described buckets.

Versioning, lifecycle and policy are set each time, so that a bucket follows its description. The program does not
change a URL of another server.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from stead.model import SteadError
from stead.model.bucket_url import endpoint_of
from stead.ops.provision.signature import Credentials, headers

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
TIMEOUT = 20.0  # seconds
ABANDONED = 7  # days after which the parts of an upload that was never completed are removed
THERE = frozenset(("BucketAlreadyOwnedByYou", "BucketAlreadyExists"))


@dataclass(frozen=True, slots=True)
class BucketSpec:
    """A described bucket; `url` has the credentials of its user."""

    url: str
    versioned: bool
    days: int

    @property
    def name(self) -> str:
        return unquote(urlsplit(self.url).path.strip("/"))

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.url).username or "")


class Server:
    """An S3 server, with its administrator's credentials."""

    def __init__(self, admin: str) -> None:
        at = urlsplit(admin)
        host = at.netloc.rpartition("@")[2]
        self.host = host
        self._url = endpoint_of(at)
        self._credentials = Credentials(unquote(at.username or ""), unquote(at.password or ""))

    def make(self, bucket: BucketSpec) -> str:
        """Create or update one bucket; return its state."""
        if urlsplit(bucket.url).netloc.rpartition("@")[2] != self.host:
            return f"{bucket.name}: on {urlsplit(bucket.url).hostname}, left alone"
        self._put(bucket.name, "", b"", allowed=THERE)
        self._put(bucket.name, "versioning", versioning(versioned=bucket.versioned))
        self._put(bucket.name, "lifecycle", lifecycle(bucket))
        self._put(bucket.name, "policy", policy(bucket))
        retention = f"objects kept {bucket.days} days" if bucket.days else "objects kept for ever"
        return f"{bucket.name}: there, {'versioned, ' if bucket.versioned else ''}{retention}"

    def _put(self, name: str, query: str, body: bytes, *, allowed: frozenset[str] = frozenset()) -> None:
        url = f"{self._url}/{quote(name)}" + (f"?{query}" if query else "")
        given = headers(self._credentials, "PUT", url, body, datetime.now(UTC))
        given["content-md5"] = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        try:
            with urlopen(Request(url, body, given, method="PUT"), timeout=TIMEOUT):  # noqa: S310 - http or https, by us
                return
        except HTTPError as error:
            reason = error.read(4096).decode(errors="replace")
            if not any(f"<Code>{code}</Code>" in reason for code in allowed):
                raise SteadError(f"{name}: {query or 'the bucket'} was refused with {error.code}: {reason}") from None
        except URLError as error:
            raise SteadError(f"{name}: {self.host} does not answer: {error.reason}") from None


def versioning(*, versioned: bool) -> bytes:
    status = "Enabled" if versioned else "Suspended"
    return f'<VersioningConfiguration xmlns="{NAMESPACE}"><Status>{status}</Status></VersioningConfiguration>'.encode()


def lifecycle(bucket: BucketSpec) -> bytes:
    """Return the lifecycle: old objects expire as described; earlier versions and abandoned uploads always expire."""
    rules = "".join(
        f"<Rule><ID>{name}</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>{action}</Rule>"
        for name, action in _actions(bucket)
    )
    return f'<LifecycleConfiguration xmlns="{NAMESPACE}">{rules}</LifecycleConfiguration>'.encode()


def _actions(bucket: BucketSpec) -> Iterator[tuple[str, str]]:
    days = f"<DaysAfterInitiation>{ABANDONED}</DaysAfterInitiation>"
    yield "abandoned", f"<AbortIncompleteMultipartUpload>{days}</AbortIncompleteMultipartUpload>"
    if bucket.days:
        yield "expired", f"<Expiration><Days>{bucket.days}</Days></Expiration>"
        if bucket.versioned:
            days = f"<NoncurrentDays>{bucket.days}</NoncurrentDays>"
            yield "earlier", f"<NoncurrentVersionExpiration>{days}</NoncurrentVersionExpiration>"


def policy(bucket: BucketSpec) -> bytes:
    """Return the policy: only the bucket's own user may read, write and list."""
    resources = [f"arn:aws:s3:::{bucket.name}", f"arn:aws:s3:::{bucket.name}/*"]
    user = {"AWS": [f"arn:aws:iam:::user/{bucket.user}"]}
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:AbortMultipartUpload"]
    allow = {"Sid": "own", "Effect": "Allow", "Principal": user, "Action": actions, "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]}).encode()


def wanted(word: str) -> BucketSpec:
    """Parse one argument."""
    file, kind, days = word.rsplit(":", 2)
    return BucketSpec(Path(file).read_text(encoding="utf-8").strip(), kind == "versioned", int(days))


def main(words: list[str]) -> int:
    """Create the buckets of the arguments; return the exit status."""
    if len(words) < 2:
        sys.stderr.write(
            "usage: python -m stead.ops.provision.buckets ADMIN_URL_FILE URL_FILE:versioned|plain:DAYS...\n"
        )
        return 64  # EX_USAGE
    server = Server(Path(words[0]).read_text(encoding="utf-8").strip())
    for word in words[1:]:
        sys.stderr.write(f"{server.make(wanted(word))}\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SteadError as error:
        sys.exit(str(error))
