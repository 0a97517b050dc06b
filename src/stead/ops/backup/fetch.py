"""Download a backup from an S3 store into a temporary folder."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from stead.ops.backup.bucket_location import BucketLocation
from stead.ops.backup.error import ManifestError
from stead.ops.backup.find import Owner
from stead.ops.backup.manifest import NAME, Manifest
from stead.ops.backup.progress import ProgressListener
from stead.ops.backup.store import Store
from stead.ops.backup.stream import WrittenFile

SCHEME = "s3://"


@contextmanager
def here(given: str, whose: Owner, variable: Callable[[str], str], progress: ProgressListener) -> Iterator[Path]:
    """Yield the path of an archive: itself, or the folder into which `s3://bucket/prefix` was downloaded."""
    if not given.startswith(SCHEME):
        yield Path(given)
        return
    store = Store(BucketLocation.of_upload(given, variable))
    with tempfile.TemporaryDirectory(prefix="stead-backup-") as folder:
        inner, manifest = _newest(store, whose)
        progress.begin(f"fetching {inner or store.place}", sum(archive.size for archive in manifest.archives))
        for file in (NAME, *(archive.file for archive in manifest.archives)):
            _fetch(store, inner, file, Path(folder), progress)
        yield Path(folder)


def _newest(store: Store, whose: Owner) -> tuple[str, Manifest]:
    """Return the folder and the manifest of the newest backup of a backend that is below the prefix."""
    names = [name for name in store.names() if name.rpartition("/")[2] == NAME]
    for name in sorted(names, key=lambda name: name.split("/")[-2:], reverse=True):
        content = b"".join(store.read(name)[1])
        try:
            manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if whose.owns(manifest):
            return name.rpartition("/")[0], manifest
    raise ManifestError(f"{store.place} holds no backup of {whose}: a folder with a {NAME}")


def _fetch(store: Store, inner: str, file: str, folder: Path, progress: ProgressListener) -> None:
    with WrittenFile(folder / Path(file).name) as written:
        for block in store.read(f"{inner}/{file}" if inner else file)[1]:
            written.write(block)
            progress.moved(len(block))
