"""What a commit is about to change: the files that are staged in git."""

import os
from pathlib import Path

from stead.model import SteadError
from stead.model.git import git as asked

FORGES = (f".github{os.sep}", f".gitlab{os.sep}", ".gitlab-ci")  # at the top of the repository, for every backend


class NoRepositoryError(SteadError):
    """There is no git repository to ask, or not that revision in it."""


def staged(folder: Path) -> frozenset[str] | None:
    """Return the staged files below a folder, as absolute paths; None when one is removed there.

    Those of forges at the repository's top are every backend's. A removal may break what any other file says, so that
    no finding can be left out then.
    """
    top = Path(git(folder, "rev-parse", "--show-toplevel").strip())
    fields = git(
        folder, "diff", "--cached", "--no-ext-diff", "--no-textconv", "--name-status", "--no-renames", "-z"
    ).split("\0")
    changes = [(kind, str(top / name)) for kind, name in zip(fields[::2], fields[1::2], strict=False)]
    own = (f"{folder}{os.sep}", *(f"{top}{os.sep}{name}" for name in FORGES))
    inside = [(kind, file) for kind, file in changes if file.startswith(own)]
    if any(kind == "D" for kind, _ in inside):
        return None
    return frozenset(file for _, file in inside)


def git(folder: Path, *words: str, wrong: str = "", hooks: bool = False) -> str:
    """Return what git says in a folder; NoRepositoryError with its own words, or `wrong`, when it refuses."""
    try:
        ran = asked(folder, *words, hooks=hooks)
    except FileNotFoundError:
        raise NoRepositoryError("git is not installed") from None
    if ran.returncode:
        error = ran.stderr.decode(errors="replace").strip()
        raise NoRepositoryError(error or wrong or f"git {words[0]} ended with {ran.returncode}")
    return ran.stdout.decode(errors="surrogateescape")
