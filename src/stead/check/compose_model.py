"""The resolved model of Compose files: what they include, and what their services extend, merged as Compose merges.

`stead check` and `stead adopt` read Compose files by it. A value keeps the file that says it, so that a finding stands
there and a path starts from there: from the file's own folder, or from the `project_directory` by which it is included.

Rejected: `docker compose config`, which is not there on every machine, which stops at the first variable that is
required and not set, and which forgets where a value stands.
"""

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path

from stead.check.facts.compose import plain
from stead.check.merged_config import MergedConfig, over
from stead.model import SourceLocation

Read = Callable[[Path], MergedConfig | None]
ABSENT = "does not exist"
Above = tuple[tuple[Path, str], ...]


class ComposeModel:
    """The Compose files of a repository, by a function that returns one as it is written.

    homes     the folders from which the paths of files start that are included with a `project_directory`
    included  the files that another one includes; all of them, once the files that may include were asked for
    faults    what cannot be resolved, by the file and the sentence: a loop, or what is not there; with its place
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self.homes: dict[Path, Path] = {}
        self._resolved: dict[Path, MergedConfig | None] = {}
        self.included: set[Path] = set()
        self.faults: dict[tuple[Path, str], SourceLocation] = {}

    def home(self, file: Path) -> Path:
        """Return the folder from which the paths of a file start."""
        return self.homes.get(file, file.parent)

    def place(self, value: MergedConfig, path: str = "") -> Path:
        """Return where a path leads that a value of a Compose file names, links not followed."""
        return _normal(self.home(value.file) / path)

    def files(self, file: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
        """Yield a file that is there, those that it includes first."""
        root = self._read(file)
        for _, item in root.each("include") if root is not None else ():
            for name in _included(item):
                yield from self._include(self.place(item, name), item, name, (*above, file))
        if root is not None:
            yield file

    def _include(self, path: Path, item: MergedConfig, name: str, above: tuple[Path, ...]) -> Iterator[Path]:
        if path in above:
            self._fault(item, f"includes itself by {name}")
            return
        self.included.add(path)
        directory = plain(item.text_at("project_directory"))
        if directory:
            self.homes.setdefault(path, self.place(item, directory))
        if self._read(path) is None:
            self._fault(item, f"includes {name}, which {ABSENT}")
        yield from self.files(path, above)

    def file(self, file: Path) -> MergedConfig | None:
        """Return a file in which no service lacks what another one gives it; None where it is not there."""
        if file not in self._resolved:
            self._resolved[file] = self._file(file)
        return self._resolved[file]

    def _file(self, file: Path) -> MergedConfig | None:
        root = self._read(file)
        services = root.get("services") if root is not None else None
        if root is None or services is None or not any(each.get("extends") for _, each in services.each()):
            return root
        found, known = MergedConfig(root.file, root.at), MergedConfig(services.file, services.at)
        known.members = {name: self._service(service, name, ()) for name, service in services.members.items()}
        found.members = {**root.members, "services": known}
        return found

    def _service(self, own: MergedConfig, name: str, above: Above) -> MergedConfig:
        """Return a service over its base; as it is where the base is not there, or extends itself."""
        base, other = own.text_at("extends", "service") or own.text_at("extends"), plain(own.text_at("extends", "file"))
        if not base:
            return own
        path = self.place(own, other) if other else own.file
        if (path, base) in (*above, (own.file, name)):
            self._fault(own.get("extends"), f"the service {name} extends itself")
            return own
        root = self._read(path)
        below = root.get("services", base) if root is not None else None
        if below is None:
            file = f"{other or 'it'}, which {ABSENT if root is None else 'does not have it'}"
            self._fault(own.get("extends"), f"the service {name} extends {base} of {file}")
            return own
        found = over(self._service(below, base, (*above, (own.file, name))), own)
        found.file, found.at = own.file, own.at  # a finding about the service is reported at the service's line
        return found

    def _fault(self, where: MergedConfig | None, what: str) -> None:
        assert where is not None, "what names another file or service is there"
        self.faults.setdefault((where.file, what), where.place)


def _included(item: MergedConfig) -> list[str]:
    """Return the files that one item of `include` names: a text, or one or several under `path`."""
    names = (plain(name) for name in ([item.text] if item.text else item.words("path")))
    return [name for name in names if name]


def _normal(path: Path) -> Path:
    return Path(posixpath.normpath(path.as_posix()))
