"""An S3 store: where archives are taken to, and where buckets are.

Any server of that protocol will do: nothing here knows more than put, get, head, list, copy and delete. The client is
obstore, one wheel without dependencies; boto3, the usual one, brings 80 MB, and signing by hand would leave out
multipart uploads. It comes with `pip install stead[s3]`.
"""

import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from stead.ops.backup.error import BackupError, GoneError, StoreError

if TYPE_CHECKING:
    from obstore.store import S3Store

CHUNK = 8 << 20  # bytes of one part of an upload
AT_ONCE = 2
REGION = "us-east-1"
CODE = re.compile(r"<Code>(\w+)</Code>")
STATUS = re.compile(r"\b[45]\d\d [A-Z][A-Za-z ]+")


@dataclass(frozen=True)
class Place:
    """A bucket, and how it is reached; `prefix` is a folder in it, without a slash at its ends."""

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    key: str = ""
    secret: str = ""
    region: str = REGION

    @classmethod
    def of_bucket(cls, url: str) -> "Place":
        """Read the URL that a service is given: `s3://key:secret@host/bucket`.

        Plain HTTP is for this machine and for names without a dot, as containers have; `?tls=on`, `?tls=off` say else.
        """
        at = urlsplit(url)
        bucket, _, prefix = at.path.strip("/").partition("/")
        if at.scheme != "s3" or not at.hostname or not bucket or not at.username:
            raise BackupError("a bucket's URL is s3://key:secret@host/bucket; what is given is another")
        asked = parse_qs(at.query)
        plain = asked.get("tls", [""])[0] == "off" or ("tls" not in asked and _is_near(at.hostname))
        host = at.netloc.rpartition("@")[2]
        return cls(
            bucket, prefix, f"{'http' if plain else 'https'}://{host}", unquote(at.username),
            unquote(at.password or ""), asked.get("region", [REGION])[0],
        )  # fmt: skip

    @classmethod
    def of_upload(cls, url: str, given: Callable[[str], str]) -> "Place":
        """Read `s3://bucket/prefix`; who asks, and where, is in the usual AWS_… variables."""
        at = urlsplit(url)
        if at.username or at.password:
            raise BackupError(
                "a key in --upload would be seen by everyone in the list of processes: give it in "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or in the env file"
            )
        if at.scheme != "s3" or not at.hostname:
            raise BackupError(f"{url} is no place to upload to: expected s3://bucket/prefix")
        key, secret = given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY")
        if not key or not secret:
            raise BackupError(f"nobody says who may write to {url}: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        endpoint = given("AWS_ENDPOINT_URL_S3") or given("AWS_ENDPOINT_URL")
        region = given("AWS_REGION") or given("AWS_DEFAULT_REGION") or REGION
        return cls(at.netloc, at.path.strip("/"), endpoint, key, secret, region)

    def inside(self, *names: str) -> "Place":
        return replace(self, prefix="/".join(name for name in (self.prefix, *names) if name))

    def at(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def __repr__(self) -> str:
        return f"Place({self})"

    def __str__(self) -> str:
        host = urlsplit(self.endpoint).netloc
        return f"s3://{self.bucket}{'/' if self.prefix else ''}{self.prefix}" + (f" at {host}" if host else "")


@dataclass(frozen=True)
class Object:
    """One object of a bucket: its whole key, size and type."""

    key: str
    size: int
    modified: float
    attributes: Mapping[str, str]


class Store:
    """One place, and what can be done there. Every refusal is a StoreError that names the object."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._store = _client(place)

    def put(self, name: str, content: Any, attributes: Mapping[str, str] | None = None) -> None:
        """Write an object: all of it or nothing. `content`: a path, bytes, or an iterator of them."""
        import obstore

        with self._told("was not taken", name):
            obstore.put(
                self._store, self.place.at(name), content, attributes=dict(attributes or {}) or None,
                chunk_size=CHUNK, max_concurrency=AT_ONCE,
            )  # fmt: skip

    def put_verified(self, name: str, path: Path, size: int, sha256: str) -> None:
        """Write a file, then read it back: StoreError when what lies there is not what was sent."""
        self.put(name, path)
        there = self.size(name)
        if there != size:
            raise StoreError(f"{self.place}: {name} was sent with {size} bytes and lies there with {there}")
        digest = hashlib.sha256()
        for block in self.read(name)[1]:
            digest.update(block)
        if digest.hexdigest() != sha256:
            raise StoreError(
                f"{self.place}: {name} lies there changed: its SHA-256 is another than that of what was sent"
            )

    def size(self, name: str) -> int:
        import obstore

        with self._told("cannot be asked for", name):
            return int(obstore.head(self._store, self.place.at(name))["size"])

    def read(self, name: str) -> tuple[Object, Iterator[bytes]]:
        """Return an object's description, and its content block by block."""
        import obstore

        with self._told("cannot be read", name):
            found = obstore.get(self._store, self.place.at(name))
            meta = found.meta
            about = Object(
                name, meta["size"], meta["last_modified"].timestamp(),
                {key: value for key, value in found.attributes.items() if value},
            )  # fmt: skip
        return about, self._blocks(found, name)

    def names(self) -> Iterator[str]:
        """Yield the names of all objects below the prefix, in their order."""
        import obstore

        with self._told("cannot be listed", ""):
            for page in obstore.list(self._store, prefix=self.place.prefix or None):
                for found in page:
                    path = found["path"]
                    yield path.removeprefix(f"{self.place.prefix}/") if self.place.prefix else path

    def copy(self, name: str, to: str) -> None:
        import obstore

        with self._told("cannot be copied", name):
            obstore.copy(self._store, self.place.at(name), self.place.at(to))

    def delete(self, name: str) -> None:
        import obstore

        with self._told("cannot be deleted", name):
            obstore.delete(self._store, self.place.at(name))

    def _blocks(self, found: Any, name: str) -> Iterator[bytes]:
        with self._told("cannot be read to its end", name):
            for block in found.stream():
                yield bytes(block)

    @contextmanager
    def _told(self, what: str, name: str) -> Iterator[None]:
        from obstore.exceptions import BaseError, NotFoundError

        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            raise GoneError(f"{self.place}: {name or 'the bucket'} {what}: {_said(error)}") from None
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(f"{self.place}: {name or 'the bucket'} {what}: {_said(error)}") from None


def _client(place: Place) -> "S3Store":
    try:
        from obstore.store import S3Store
    except ImportError:
        raise BackupError("the S3 client is not installed: pip install 'stead[s3]'") from None
    words = {"endpoint": place.endpoint} if place.endpoint else {}
    return S3Store(
        place.bucket,
        access_key_id=place.key,
        secret_access_key=place.secret,
        region=place.region,
        client_options={
            "allow_http": place.endpoint.startswith("http://"),
            "timeout": "5min",
            "connect_timeout": "10s",
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
        **words,  # type: ignore[arg-type]
    )


def _is_near(host: str) -> bool:
    """Tell whether a host is this machine, or a container beside."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." not in host


def _said(error: Exception) -> str:
    """Return what a server meant, without the page of XML and Rust around it."""
    text = str(error)
    code = CODE.search(text)
    if code:
        return code[1]
    status = STATUS.search(text)
    return status[0].strip() if status else text.partition("\n")[0][:200]


__all__ = ["Object", "Place", "Store", "quote"]
