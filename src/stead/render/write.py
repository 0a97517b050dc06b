"""Write rendered files; files that the user owns or has edited stay unchanged."""

from collections.abc import Mapping
from pathlib import Path

from stead.render.drift import Difference, differences
from stead.render.repository import RepositoryRoot

WRITTEN = ("missing", "stale")
REMOVED = ("orphaned",)


def write(
    folder: Path,
    files: Mapping[str, str],
    *,
    complete: bool = True,
    overwrite: bool = False,
    root: RepositoryRoot | None = None,
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Update a folder; return the changes, and the skipped files.

    root       the repository's top, where files of the backend may lie as well
    overwrite  also what was changed by hand; what is the user's own stays in any case
    """
    by_hand = ("edited", "edited orphan") if overwrite else ()
    done, left = [], []
    for difference in differences(folder, files, complete=complete, root=root):
        if difference.state in (*WRITTEN, *REMOVED, *by_hand):
            _repair(folder / difference.path, files.get(difference.path))
            done.append(difference)
        else:
            left.append(difference)
    return tuple(done), tuple(left)


def _repair(file: Path, text: str | None) -> None:
    if text is None:
        file.unlink()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
