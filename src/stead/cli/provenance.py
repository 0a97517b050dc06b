"""The source of each setting's value, for `stead config`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stead.check.report.path import where
from stead.model import Backend, Environment, Process, SourceLocation
from stead.model import wiring as symbol
from stead.model.environment_value import as_text
from stead.model.host_of import HostOf
from stead.model.resource_form import URL
from stead.model.wiring import Wire, wires
from stead.run.error import MissingSettingsError
from stead.run.identity import Identity
from stead.run.resolve import Inputs, ProvidedValue, Resolver
from stead.run.secrets import Secrets
from stead.run.state_directory import Folder

HERE = "dev"
MASK = "••••••••"
UNSET = "–"
EMPTY = "(empty)"
PASSWORD = re.compile(r"(\w://[^/\s:@]*:)[^/\s@]+@")
LATER = "known when it runs"


@dataclass(frozen=True)
class Row:
    """One setting of one process.

    value   the value to show: masked, or a description while it is unknown
    known   whether `value` is the value, not a description of it
    source  default, file, environment, description, generated, derived, target, supplied, missing
    why     the reason for which the process has this setting
    where   the place of the declaration
    """

    process: str
    setting: str
    value: str
    known: bool
    source: str
    why: str
    where: str
    help: str
    secret: bool


class _ReadOnlyFolder(Folder):
    """A read-only view of a backend's `.stead/`: generated values are not stored."""

    def write_private(self, name: str, text: str) -> Path:  # noqa: ARG002 - it is kept nowhere
        return self.path / name


def rows(backend: Backend, environment: Environment, file: Path, processes: Sequence[Process]) -> tuple[list[Row], str]:
    """Return the settings of processes, and the text of all errors that prevent a start here; empty without any."""
    inputs = Inputs.beside(file, environment.name)
    origins = _ProvenanceResolver(backend, environment, inputs)
    if environment.name != HERE:
        there = [process for process in processes if process not in environment.without]
        return [origins.there(process, wire) for process in there for wire in wires(backend, process, environment)], ""
    folder = _ReadOnlyFolder(file)
    ports = _ports(backend, file)
    resolver = Resolver(backend, environment, inputs, Secrets(folder), Identity(folder), ports)
    found = [row for process in processes for row in origins.here(process, resolver.resolve(process), ports)]
    try:
        resolver.raise_problems()
    except MissingSettingsError as error:
        return found, str(error)
    return found, ""


def _ports(backend: Backend, file: Path) -> dict[str, int]:
    """Return the ports of the processes that run here; 0 for a process that does not run."""
    from stead.run.run_info import running

    found = running(file)
    urls = found.urls if found else {}
    return {service.name: int(urls.get(service.name, ":0").rpartition(":")[2]) for service in backend.services}


class _ProvenanceResolver:
    """Describe the kind and the source of each value."""

    def __init__(self, backend: Backend, environment: Environment, inputs: Inputs) -> None:
        self.backend, self.environment, self.inputs = backend, environment, inputs
        self.base = Path.cwd()

    def here(self, process: Process, given: Sequence[ProvidedValue], ports: dict[str, int]) -> Iterator[Row]:
        """Yield the rows of a process on this machine."""
        symbols = {wire.setting.name: wire.value for wire in wires(self.backend, process, self.environment)}
        for one in given:
            value = symbols.get(one.setting.name, symbol.Supplied())
            text, known, source = self._value(one, value, ports)
            shown = _masked(text, secret=one.setting.secret and known)
            place = self._origin(process, one.setting.name, source, value)
            yield Row(
                process.name, one.setting.name, shown, known, source, one.reason, place, one.setting.help,
                one.setting.secret,
            )  # fmt: skip

    def _value(self, given: ProvidedValue, value: symbol.Value, ports: dict[str, int]) -> tuple[str, bool, str]:
        match value:
            case symbol.UrlOf(service) if not ports[service.name]:
                return f"where {service.name} listens", False, "derived"
            case symbol.PortOf(process) if not ports[process.name]:
                return LATER, False, "derived"
            case symbol.Keyring(_, callers):
                return _keys(callers), False, "derived"
        if given.resource is not None:
            return f"{_part(given.form)}a {given.resource.kind} that stead up makes", False, "generated"
        if given.source == "open":
            return "missing", False, "missing"
        return UNSET if given.text is None else given.text, True, given.source

    def there(self, process: Process, wire: Wire) -> Row:
        """Return a row of a process in another environment: its value, or a description of it."""
        setting = wire.setting
        text, known, source = self._later(wire)
        shown = _masked(text, secret=setting.secret and known)
        place = self._origin(process, setting.name, source, wire.value)
        return Row(process.name, setting.name, shown, known, source, wire.reason, place, setting.help, setting.secret)

    def _later(self, wire: Wire) -> tuple[str, bool, str]:
        match wire.value:
            case symbol.Text(text):
                return as_text(text), True, "description"
            case symbol.EnvironmentName():
                return self.environment.name, True, "derived"
            case symbol.Supplied():
                return self._supplied(wire)
        return _target_value(wire.value), False, "target"

    def _supplied(self, wire: Wire) -> tuple[str, bool, str]:
        """Return the row of a value that is supplied in that environment; this shell's variables do not count."""
        setting = wire.setting
        if setting.name in self.inputs.file:
            return self.inputs.file[setting.name], True, "file"
        if setting.required:
            return "to be supplied", False, "supplied"
        return UNSET if setting.default is None else as_text(setting.default), True, "default"

    def _origin(self, process: Process, name: str, source: str, value: symbol.Value) -> str:
        """Return the place of the declaration, as precisely as it is known."""
        match source, value:
            case "environment", _:
                return "the environment of this shell"
            case "file", _:
                return self._at(SourceLocation(str(self.inputs.path), self._line(name)))
            case "description", symbol.Text() if name != symbol.SERVICE_NAME.name:
                return self._at(self.environment.where)
            case "generated", symbol.Supplied() | symbol.PrivateKeyOf():
                return "generated once, and stored in .stead"
            case _, symbol.UrlOf(service):
                calls = (call for call in process.calls if call.callee is service)
                return next((self._at(call.where) for call in calls), "")
        return self._at(process.where)

    def _at(self, place: SourceLocation) -> str:
        return where(place, self.base)

    def _line(self, name: str) -> int:
        """Return the line number of the env file that sets a name: the last one."""
        lines = enumerate(self.inputs.path.read_text(errors="replace").splitlines(), start=1)
        given = [number for number, line in lines if line.removeprefix("export ").split("=")[0].strip() == name]
        return given[-1] if given else 0


def _target_value(value: symbol.Value) -> str:
    """Describe a value that only the environment of the run determines."""
    match value:
        case symbol.UrlOf(service):
            return f"the URL of {service.name}"
        case HostOf(service):
            return f"the host name of {service.name}"
        case symbol.PortOf():
            return "the port to listen on"
        case symbol.AddressOf(resource, _, form):
            return f"{_part(form)}a {resource.kind} of its own"
        case symbol.PrivateKeyOf():
            return "a key of its own"
        case symbol.Keyring(_, callers):
            return _keys(callers)
    return "the deployed version"


def _part(form: str) -> str:
    """Return a phrase for the part of a resource's URL that a setting holds; empty for the whole URL."""
    return "" if form == URL else f"the {form} of "


def _keys(callers: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    return f"the public keys of {', '.join(name for name, _ in callers)}"


def _masked(text: str, *, secret: bool) -> str:
    """Mask a secret; in a URL that is not a secret, mask the password."""
    if secret and text != UNSET:
        return MASK
    return PASSWORD.sub(rf"\g<1>{MASK}@", text) or EMPTY
