"""The files that a description was read from, and whether they have changed since."""

import hashlib
import sys
from pathlib import Path
from types import ModuleType

from stead.model import Backend, load
from stead.run.state_directory import NAME

PACKAGE = Path(__file__).resolve().parent.parent
OTHERS = frozenset({".venv", "venv", "site-packages", "node_modules", NAME})  # folders of what is not the project's own


class Description:
    """A backend.py, the modules beside it that it imports, and the env file of the run."""

    def __init__(self, path: Path, env_file: Path) -> None:
        self.path, self._env_file = path, env_file
        self._digests: dict[Path, str] = {}

    def note(self) -> None:
        """Remember the files as they are: they have just been read."""
        files = {self.path, self._env_file, *(file for _, file in self._modules())}
        self._digests = {file: _digest(file) for file in files}

    def read(self) -> Backend:
        """Read it again, its modules too; DescriptionError when it is broken."""
        modules = dict(self._modules())
        for name in modules:
            del sys.modules[name]
        return load(self.path)

    def changed(self) -> list[str]:
        """Return the names of the changed files."""
        return sorted(file.name for file, digest in self._digests.items() if _digest(file) != digest)

    def holds(self, path: Path) -> bool:
        """Return whether a file is one of them."""
        return path in self._digests

    def _modules(self) -> list[tuple[str, Path]]:
        found = ((name, _file(module)) for name, module in list(sys.modules.items()))
        return [(name, file) for name, file in found if file and self._is_own(file)]

    def _is_own(self, file: Path) -> bool:
        folder = self.path.parent
        if not file.is_relative_to(folder) or file.is_relative_to(PACKAGE):
            return False
        return not OTHERS & set(file.relative_to(folder).parts)


def _file(module: ModuleType) -> Path | None:
    named = getattr(module, "__file__", None)
    return Path(named) if named else None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
