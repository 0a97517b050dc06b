"""The settings of a run's processes, and the environment of their start."""

from collections.abc import Callable, Iterator
from pathlib import Path

from stead.kit.live_setting import FOLDER as ROTATED
from stead.model import Gateway, Job, Process, Resource, Service
from stead.model.connections import POOL_SETTING, pool_of
from stead.model.resource_form import form_of
from stead.run.inherited_environment import inherited
from stead.run.resolve import ProvidedValue, Resolver
from stead.run.span_settings import spans_to
from stead.run.state_directory import Folder

ROTATED_FOLDER = "settings"


class ProcessSettings:
    """All settings of all processes of a run.

    given      the values by the name of the process; MissingSettingsError names all that nobody gives
    url_of     the URL of a resource; InvalidStateError as long as it does not run
    collector  where spans are sent; nothing where they are not collected
    """

    def __init__(
        self,
        folder: Folder,
        processes: tuple[Process, ...],
        resolver: Resolver,
        url_of: Callable[[Resource], str],
        collector: str,
    ) -> None:
        self.folder, self.processes, self.resolver = folder, processes, resolver
        self.url_of, self.collector = url_of, collector
        self.renew()
        resolver.raise_problems()

    def renew(self) -> None:
        """Resolve every setting again, after a secret was rotated."""
        self.given = {process.name: self.resolver.resolve(process) for process in self.processes}

    def of(self, process: Process) -> dict[str, str]:
        """Return the settings of a process whose resources are ready."""
        values = {given.setting.name: self._text(given) for given in self.given[process.name]}
        return {name: text for name, text in values.items() if text is not None}

    def environ(self, process: Process) -> dict[str, str]:
        """Return the environment of a process whose resources are ready."""
        folder = None if isinstance(process, Gateway) else self.folder_of(process)
        own = self.of(process)
        rotated = {ROTATED: str(self.rotated / process.name)} if isinstance(process, Service) and process.app else {}
        return inherited(folder) | own | spans_to(self.collector, process, own) | rotated

    def folder_of(self, process: Service | Job) -> Path:
        """Return the folder in which a process is started."""
        return (self.folder.description.parent / process.folder).resolve()

    @property
    def rotated(self) -> Path:
        """The folder with the secrets that were rotated since the start of a process."""
        return self.folder.path / ROTATED_FOLDER

    def resources(self, process: Process) -> list[Resource]:
        """Return the resources whose address a process is still to be given."""
        return list(dict.fromkeys(given.resource for given in self.given[process.name] if given.resource is not None))

    def pools(self) -> dict[str, int]:
        """Return how many connections to its database each process holds at the most."""
        found = {process.name: pool_of(process) for process in self.processes}
        for name, settings in self.given.items():
            for each in settings:
                if each.setting.name == POOL_SETTING and each.text:
                    found[name] = int(each.text)
        return found

    def secrets(self) -> Iterator[str]:
        """Yield the text of every secret that was given."""
        for each in self.given.values():
            yield from (one.text for one in each if one.setting.secret and one.text)

    def _text(self, given: ProvidedValue) -> str | None:
        if given.resource is None:
            return given.text
        return form_of(given.resource.kind, self.url_of(given.resource), given.form)
