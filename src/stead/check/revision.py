"""A revision of a repository in a folder of its own, for a check to read.

The folder is a git repository with an index of the revision, since rules ask git which files are tracked, and how. The
objects are borrowed from the first repository. Rejected: `git worktree` and `git archive`, which run the filters that
the repository configures, and leave an entry behind when they are interrupted.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stead.check.staged import NoRepositoryError, git
from stead.check.tree import LARGEST
from stead.model.git import git as asked

LINK = "120000"  # the mode of a symbolic link
BATCH = 32_000_000  # bytes of objects that are asked for at once


@dataclass(frozen=True, slots=True)
class _Blob:
    """A file of a revision."""

    mode: str
    object: str
    size: int
    path: str


@contextmanager
def checkout(top: Path, revision: str) -> Iterator[Path]:
    """Yield a folder that has the tracked files of a revision; NoRepositoryError where there is no such revision."""
    commit = resolved(top, revision)
    with TemporaryDirectory(prefix="stead-revision-") as name:
        folder = Path(name).resolve()
        _borrow(top, folder)
        git(folder, "read-tree", commit)
        _write(top, folder, list(_blobs(top, commit)))
        yield folder


def resolved(top: Path, revision: str) -> str:
    """Return the commit that a revision names."""
    try:
        return git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except NoRepositoryError:
        git(top, "rev-parse", "--show-toplevel")  # says so where this is not a repository at all
        shallow = git(top, "rev-parse", "--is-shallow-repository").strip() == "true"
        mend = "\n  this clone has a part of the history only: git fetch --unshallow" if shallow else ""
        raise NoRepositoryError(f"there is no {revision}{mend}") from None


def _borrow(top: Path, folder: Path) -> None:
    """Make a repository that finds the objects of another."""
    form = git(top, "rev-parse", "--show-object-format").strip()
    git(folder, "init", "--quiet", "--template=", f"--object-format={form}")
    objects = git(top, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
    info = folder / ".git" / "objects" / "info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "alternates").write_text(f"{objects}\n")


def _blobs(top: Path, commit: str) -> Iterator[_Blob]:
    """Yield the files; not a submodule, and no path that would lead out of the folder."""
    for entry in git(top, "ls-tree", "-r", "-l", "-z", "--full-tree", commit).split("\0"):
        about, _, path = entry.partition("\t")
        parts = path.split("/")
        if path and not {"", ".", "..", ".git"} & set(parts) and about.split()[1] == "blob":
            mode, _, name, size = about.split()
            yield _Blob(mode, name, int(size), path)


def _write(top: Path, folder: Path, blobs: list[_Blob]) -> None:
    """Write the files, and the links last, so that no file is written through one."""
    for blob in blobs:
        (folder / blob.path).parent.mkdir(parents=True, exist_ok=True)
        if blob.size > LARGEST:  # no rule reads it; only its name and size matter
            with (folder / blob.path).open("wb") as file:
                file.truncate(blob.size)
    small = sorted((blob for blob in blobs if blob.size <= LARGEST), key=lambda blob: blob.mode == LINK)
    for batch in _batches(small):
        for blob, content in zip(batch, _contents(top, batch), strict=True):
            _file(folder / blob.path, blob.mode, content)


def _file(path: Path, mode: str, content: bytes) -> None:
    if mode == LINK:
        path.symlink_to(os.fsdecode(content))
        return
    path.write_bytes(content)
    path.chmod(0o755 if mode.endswith("755") else 0o644)


def _batches(blobs: list[_Blob]) -> Iterator[list[_Blob]]:
    batch: list[_Blob] = []
    size = 0
    for blob in blobs:
        batch.append(blob)
        size += blob.size
        if size > BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _contents(top: Path, blobs: list[_Blob]) -> Iterator[bytes]:
    """Yield what is in each file, as git has it: no filter is run."""
    names = "".join(f"{blob.object}\n" for blob in blobs).encode()
    answer = memoryview(asked(top, "cat-file", "--batch", given=names).stdout)
    start = 0
    for blob in blobs:
        head, _, _ = bytes(answer[start : start + 200]).partition(b"\n")
        if not head.startswith(blob.object.encode()) or head.split()[-1] != str(blob.size).encode():
            raise NoRepositoryError(f"this clone lacks {blob.path} of that revision: git fetch --refetch")
        start += len(head) + 1
        yield bytes(answer[start : start + blob.size])
        start += blob.size + 1
