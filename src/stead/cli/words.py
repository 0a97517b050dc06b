"""The arguments of a command that takes names: processes, and the backend's PATH.

Every command takes PATH in the same way, as a word of its own. The name of a process is a DNS label, without a slash or
a dot. A word with one of them is a PATH; so is a folder with a backend.py, when this folder has none.
"""

from collections.abc import Sequence
from pathlib import Path

from stead.model import SteadError
from stead.model.load import above


def path_and_names(words: Sequence[str]) -> tuple[Path, tuple[str, ...]]:
    """Return the backend's path (default: the current folder), and the names."""
    paths = [word for word in words if is_path(word)]
    if len(paths) > 1:
        raise SteadError(f"{' and '.join(paths)} are two paths: give the folder of one backend")
    return Path(*paths[:1]), tuple(word for word in words if word not in paths)


def is_path(word: str) -> bool:
    if "/" in word or "." in word:
        return True
    return above(Path()) is None and (Path(word) / "backend.py").is_file()
