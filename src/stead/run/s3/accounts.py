"""Access keys of an S3 server in a folder: a file that only this user may read, written by the runner.

The server reads the file again when it has changed, so a bucket that is added needs no restart.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree

from stead.run.embedded_server import write_private
from stead.run.s3.object import ObjectFolder
from stead.run.s3.protocol import Account

FILE = "accounts.json"
SEPARATOR = "\n"  # between the secrets of one key


def add(folder: Path, bucket: str, secrets: Sequence[str]) -> None:
    """Create a bucket, and an access key of the same name for this bucket only, with one or two secrets."""
    accounts, text = _read(folder), SEPARATOR.join(secrets)
    if accounts.get(bucket) != text:
        new = folder / f"{FILE}.new"
        write_private(new, json.dumps(accounts | {bucket: text}, indent=1, sort_keys=True))
        new.replace(folder / FILE)


def erase(folder: Path, bucket: str) -> None:
    """Delete every object of a bucket; the server notices it with the next request."""
    rmtree(_data(folder, bucket), ignore_errors=True)
    new = folder / f"{FILE}.new"
    write_private(new, (folder / FILE).read_text())
    new.replace(folder / FILE)


class Accounts:
    """The access keys and the buckets of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._secrets: dict[str, str] = {}
        self._version: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self.buckets: dict[str, ObjectFolder] = {}

    def account(self, key: str) -> Account | None:
        with self._lock:
            self._refresh()
        secrets = self._secrets.get(key)
        return Account(tuple(secrets.split(SEPARATOR)), frozenset({key})) if secrets else None

    def _refresh(self) -> None:
        version = _version(self._folder / FILE)
        if version == self._version:
            return
        self._secrets = _read(self._folder)
        for name in self._secrets:
            if name not in self.buckets or not _data(self._folder, name).is_dir():  # new, or erased
                self.buckets[name] = ObjectFolder(_data(self._folder, name))
        self._version = version


def _data(folder: Path, bucket: str) -> Path:
    return folder / "data" / bucket


def _version(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _read(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / FILE).read_text()))
    except FileNotFoundError:
        return {}
