"""The S3 server of a run, for tests: objects in memory, and it can refuse, and corrupt what it is given."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from stead.run.s3.answer import Answer, error
from stead.run.s3.http_handler import handler_of
from stead.run.s3.object import Stored
from stead.run.s3.protocol import Account, Protocol
from stead.run.s3.signature import Signed
from stead.testing.loopback import answering

__all__ = ["StandInS3", "Stored"]


class StandInS3:
    """One server: `buckets` maps a bucket to its objects.

    refusing    methods that are answered with 403
    corrupting  every object that is written has one bit changed
    """

    def __init__(self, *buckets: str) -> None:
        self.buckets: dict[str, dict[str, Stored]] = {name: {} for name in buckets}
        self.key, self.secret = "AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)
        self.refusing: set[str] = set()
        self.corrupting = False
        self.url = ""
        self._protocol = Protocol(self.buckets, self._account, self._written)

    def bucket_url(self, bucket: str) -> str:
        """Return the URL that a service with that bucket is given."""
        return f"s3://{self.key}:{quote(self.secret, safe='')}@{urlsplit(self.url).netloc}/{bucket}"

    @contextmanager
    def running(self) -> Iterator["StandInS3"]:
        """Serve on the loopback for as long as the block lasts."""
        with answering(handler_of(self.answer)) as self.url:
            yield self

    def answer(self, request: Signed) -> Answer:
        """Answer one request."""
        return error(403, "AccessDenied") if request.method in self.refusing else self._protocol.answer(request)

    def _account(self, key: str) -> Account | None:
        return Account((self.secret,), frozenset(self.buckets)) if key == self.key else None

    def _written(self, content: bytes) -> bytes:
        return content[:-1] + bytes([content[-1] ^ 1]) if self.corrupting and content else content
