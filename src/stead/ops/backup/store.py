"""An S3 store: for uploaded backups, and for the buckets of services.

Any server of the protocol works: the code uses only put, get, head, list, copy and delete. The client is
obstore, one wheel of its own; boto3 needs five more packages, and our own signing would lack multipart uploads. It
comes with `pip install stead[s3]`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.error import BackupError, NotFoundInStoreError, StoreError

if TYPE_CHECKING:
    from obstore.store import S3Store

CHUNK = 8 << 20  # bytes of one part of an upload
AT_ONCE = 2
CODE = re.compile(r"<Code>(\w+)</Code>")
STATUS = re.compile(r"\b[45]\d\d [A-Z][A-Za-z ]+")


@dataclass(frozen=True)
class Object:
    """One object of a bucket: its full key, size and type."""

    key: str
    size: int
    modified: float
    attributes: Mapping[str, str]


class Store:
    """One bucket or prefix, with its operations. Every failure is a StoreError that names the object."""

    def __init__(self, place: BucketLocation) -> None:
        self.place = place
        self._store = _client(place)

    def put(self, name: str, content: Any, attributes: Mapping[str, str] | None = None) -> None:
        """Write an object atomically. `content`: a path, bytes, or an iterator of bytes."""
        import obstore

        with self._named_errors("was not stored", name):
            obstore.put(
                self._store, self.place.at(name), content, attributes=dict(attributes or {}) or None,
                chunk_size=CHUNK, max_concurrency=AT_ONCE,
            )  # fmt: skip

    def put_verified(self, name: str, path: Path, size: int, sha256: str) -> None:
        """Write a file, then read it back: StoreError when the stored content differs."""
        self.put(name, path)
        there = self.size(name)
        if there != size:
            raise StoreError(f"{self.place}: {name} was uploaded with {size} bytes, but is stored with {there}")
        digest = hashlib.sha256()
        for block in self.read(name)[1]:
            digest.update(block)
        if digest.hexdigest() != sha256:
            raise StoreError(
                f"{self.place}: {name} is stored with other content: its SHA-256 differs from that of the upload"
            )

    def size(self, name: str) -> int:
        import obstore

        with self._named_errors("cannot be asked for", name):
            return int(obstore.head(self._store, self.place.at(name))["size"])

    def read(self, name: str) -> tuple[Object, Iterator[bytes]]:
        """Return an object's description, and its content block by block."""
        import obstore

        with self._named_errors("cannot be read", name):
            found = obstore.get(self._store, self.place.at(name))
            meta = found.meta
            about = Object(
                name, meta["size"], meta["last_modified"].timestamp(),
                {key: value for key, value in found.attributes.items() if value},
            )  # fmt: skip
        return about, self._blocks(found, name)

    def names(self) -> Iterator[str]:
        """Yield the names of all objects below the prefix, sorted."""
        import obstore

        with self._named_errors("cannot be listed", ""):
            for page in obstore.list(self._store, prefix=self.place.prefix or None):
                for found in page:
                    path = found["path"]
                    yield path.removeprefix(f"{self.place.prefix}/") if self.place.prefix else path

    def copy(self, name: str, to: str) -> None:
        import obstore

        with self._named_errors("cannot be copied", name):
            obstore.copy(self._store, self.place.at(name), self.place.at(to))

    def delete(self, name: str) -> None:
        import obstore

        with self._named_errors("cannot be deleted", name):
            obstore.delete(self._store, self.place.at(name))

    def _blocks(self, found: Any, name: str) -> Iterator[bytes]:
        with self._named_errors("cannot be read to its end", name):
            for block in found.stream():
                yield bytes(block)

    @contextmanager
    def _named_errors(self, what: str, name: str) -> Iterator[None]:
        from obstore.exceptions import BaseError, NotFoundError

        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFoundInStoreError(f"{self.place}: {name or 'the bucket'} {what}: {_error_text(error)}") from None
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(f"{self.place}: {name or 'the bucket'} {what}: {_error_text(error)}") from None


def _client(place: BucketLocation) -> "S3Store":
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


def _error_text(error: Exception) -> str:
    """Return the server's message, without the XML and the Rust error around it."""
    text = str(error)
    code = CODE.search(text)
    if code:
        return code[1]
    status = STATUS.search(text)
    return status[0].strip() if status else text.partition("\n")[0][:200]
