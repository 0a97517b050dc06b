"""Objects of a bucket: in memory for a test, in files for a run.

One file an object: a line of JSON that describes it, then its content. A file is written beside its place and renamed,
so a server that is killed leaves the old object or the new one, and never half of one.
"""

import hashlib
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

UNFINISHED = ".part"


class S3Object(Protocol):
    """What is known of an object; `content` may be read from a file."""

    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def at(self) -> datetime: ...
    @property
    def size(self) -> int: ...
    @property
    def etag(self) -> str: ...


@dataclass(frozen=True)
class Stored:
    """An object in memory."""

    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class StoredFile:
    """An object in a file: its content begins at `offset`."""

    path: Path
    offset: int
    headers: dict[str, str]
    at: datetime
    size: int
    etag: str

    @property
    def content(self) -> bytes:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read()


class ObjectFolder(MutableMapping[str, S3Object]):
    """The objects of one bucket in a folder, by their keys; what describes them is in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob(f"*{UNFINISHED}"):
            unfinished.unlink()
        self._objects = dict(_read(path) for path in folder.iterdir())

    def __getitem__(self, key: str) -> S3Object:
        return self._objects[key]

    def __setitem__(self, key: str, value: S3Object) -> None:
        path = self._path(key)
        about = {"key": key, "headers": value.headers, "at": value.at.isoformat(), "etag": value.etag}
        line = json.dumps(about).encode() + b"\n"
        content = value.content
        unfinished = path.with_suffix(UNFINISHED)
        with unfinished.open("wb") as file:
            file.write(line)
            file.write(content)
        unfinished.replace(path)
        self._objects[key] = StoredFile(path, len(line), value.headers, value.at, len(content), value.etag)

    def __delitem__(self, key: str) -> None:
        del self._objects[key]
        self._path(key).unlink()

    def __iter__(self) -> Iterator[str]:
        return iter(self._objects)

    def __len__(self) -> int:
        return len(self._objects)

    def _path(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()  # a key may be no file name


def _read(path: Path) -> tuple[str, StoredFile]:
    with path.open("rb") as file:
        line = file.readline()
    about = json.loads(line)
    size, at = path.stat().st_size - len(line), datetime.fromisoformat(about["at"])
    return about["key"], StoredFile(path, len(line), about["headers"], at, size, about["etag"])
