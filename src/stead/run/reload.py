"""Restart only the processes of changed files."""

from collections.abc import Awaitable, Callable, Collection
from importlib.util import find_spec
from pathlib import Path

from watchfiles import Change, PythonFilter, awatch

import stead
from stead.model import Backend
from stead.run.description import Description

PACKAGE = Path(stead.__file__).resolve().parent
SHELF = PACKAGE / "services"
Restart = Callable[[Collection[str]], Awaitable[None]]
Renew = Callable[[], Awaitable[None]]
QUIET_MS = 100  # milliseconds between the last change of a burst and the restart


class _Sources(PythonFilter):
    """Python and SQL anywhere, and everything in a command's own folder; nothing that a build or a run writes."""

    def __init__(self, commands: list[Path]) -> None:
        super().__init__(extra_extensions=(".sql",))
        self._ours = {*self.ignore_dirs, ".stead", ".wrangler"}
        self._commands = commands

    def __call__(self, change: Change, path: str) -> bool:
        if self._ours & set(Path(path).parts):
            return False
        return any(Path(path).is_relative_to(folder) for folder in self._commands) or super().__call__(change, path)


class Reload:
    """Which files belong to which process of a run."""

    def __init__(self, backend: Backend, description: Description, restart: Restart, renew: Renew) -> None:
        """`restart` starts processes again by their names, `renew` everything that is in Python."""
        self._restart, self._renew = restart, renew
        self._description, self._beside = description, description.path.parent
        self._roots: dict[str, Path] = {}
        self._commands: dict[str, Path] = {}
        for service in backend.services:
            if service.app:
                self._roots[service.name] = _package(service.app, self._beside)
            elif service.command or service.worker:
                self._commands[service.name] = (self._beside / service.folder).resolve()

    async def watch(self) -> set[Path]:
        """Restart processes as their files change, until the description changes; return the changed files then."""
        folders = {self._beside, PACKAGE, *self._commands.values()}
        sources = _Sources(list(self._commands.values()))
        async for changes in awatch(*folders, watch_filter=sources, step=QUIET_MS, recursive=True):
            changed = {Path(path) for _, path in changes}
            if any(self._description.holds(path) for path in changed):
                return changed
            await self._apply(changed)
        return set()

    async def _apply(self, changed: set[Path]) -> None:
        if any(path.is_relative_to(PACKAGE) and not path.is_relative_to(SHELF) for path in changed):
            await self._renew()
            return
        await self._restart({name for path in changed for name in self._services_of(path)})

    async def restart(self, changed: set[Path], but: Collection[str]) -> None:
        """Restart the processes of these files, except those that were restarted since."""
        files = changed - {self._description.path}
        await self._restart({name for path in files for name in self._services_of(path)} - set(but))

    def _services_of(self, path: Path) -> list[str]:
        """Return the processes of a file; a shared file belongs to all processes of its folder."""
        known = self._roots | self._commands
        owners = [name for name, root in known.items() if path == root or path.is_relative_to(root)]
        deepest = max((len(known[name].parts) for name in owners), default=0)
        return [name for name in owners if len(known[name].parts) == deepest]


def _package(app: str, beside: Path) -> Path:
    """Return the package folder of an app; of a lone module, or of one at the top of its folder, the file itself."""
    name = app.partition(":")[0]
    if name.startswith("stead."):
        spec = find_spec(name.rpartition(".")[0])
        found = spec.origin if spec else None
        return Path(found or PACKAGE).resolve().parent
    parts = name.split(".")
    if len(parts) > 1:
        return beside.joinpath(*parts[:-1])
    return beside / f"{name}.py" if (beside / f"{name}.py").exists() else beside / name
