"""Earlier: the documents as a git revision has them."""

from pathlib import Path

from stead.check.openapi.document import NAME
from stead.check.staged import git
from stead.check.tree import LARGEST
from stead.model.git import git as ask


def documents(root: Path, revision: str) -> dict[Path, str]:
    """Return the text of each document below a folder at a revision, by the path that it has now or would have.

    Raises NoRepositoryError, with git's words, where there is no such revision.
    """
    listed = git(root, "ls-tree", "-r", "-l", "-z", revision, "--", ".").split("\0")
    found = {}
    for line in filter(None, listed):
        about, _, name = line.partition("\t")
        _, kind, blob, size = about.split()
        if kind == "blob" and Path(name).name == NAME and size.isdigit() and int(size) <= LARGEST:
            found[root / name] = blob
    return dict(zip(found, _texts(root, list(found.values())), strict=True))


def _texts(root: Path, blobs: list[str]) -> list[str]:
    """Return the contents of blobs, asked of one process."""
    if not blobs:
        return []
    request = "\n".join(blobs).encode() + b"\n"
    output = ask(root, "cat-file", "--batch", given=request, seconds=60).stdout
    texts, at = [], 0
    for _ in blobs:
        head = output.index(b"\n", at)
        size = int(output[at:head].split()[2])
        texts.append(output[head + 1 : head + 1 + size].decode(errors="replace"))
        at = head + size + 2
    return texts
