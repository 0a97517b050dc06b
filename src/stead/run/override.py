"""Given values that a run does not use, each with the place that takes precedence.

A value in the description takes precedence over an environment variable and over the env file. A warning explains why a
given value has no effect.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from stead.model import Backend, Environment, Process, Service, SourceLocation
from stead.model import wiring as symbol
from stead.run.resolve import Inputs, ProvidedValue

NEVER = frozenset({symbol.PRIVATE_KEY.name})  # a person's own value wins: see the resolver


def overrides(
    backend: Backend, environment: Environment, inputs: Inputs, given: Callable[[Process], tuple[ProvidedValue, ...]]
) -> list[str]:
    """Return a sentence for each value that is not used, with both places; no sentence shows the value."""
    found: dict[tuple[str, str], list[str]] = {}
    for process in backend.processes:
        used = {each.setting.name: each.text for each in given(process)}
        for wire in symbol.wires(backend, process, environment):
            name = wire.setting.name
            person = inputs.find(name)
            if person and name in used and used[name] not in (None, person[0]) and _decides(wire.value, name):
                why = _instead(wire.value, process, environment, name, used[name])
                found.setdefault((name, why), []).append(process.name)
    return [
        f"{name} {_place(inputs, name)} is not used: {why}{_of(name, names)}" for (name, why), names in found.items()
    ]


def _decides(value: symbol.Value, name: str) -> bool:
    return name not in NEVER and not isinstance(value, (symbol.Supplied, symbol.AddressOf))


def _instead(value: symbol.Value, process: Process, environment: Environment, name: str, used: Any) -> str:
    """Return the source that takes precedence, and its place."""
    match value:
        case symbol.EnvironmentName():
            return f"this run is {environment.name}; choose another by stead up --env NAME"
        case symbol.Version():
            return f"the version is that of the backend's folder, {used}"
        case symbol.Text():
            there = environment.values.get(process, {}) if isinstance(process, Service) else {}
            where, for_ = (environment.where, f" for {environment.name}") if name in there else (process.where, "")
            return f"{_shown(where)} sets it{for_}"
    return f"stead up sets it for {_shown(process.where)}"


def _of(name: str, processes: list[str]) -> str:
    """Name the processes, where it is not a value that every process has."""
    everywhere = name in (symbol.ENVIRONMENT.name, symbol.VERSION.name)
    return "" if everywhere else f" ({', '.join(processes)})"


def _place(inputs: Inputs, name: str) -> str:
    if name in inputs.environment:
        return "in the process environment"
    return f"in {_shown(SourceLocation(str(inputs.path), _line(inputs.path, name)))}"


def _line(path: Path, name: str) -> int:
    lines = path.read_text(errors="replace").splitlines()
    return next((number for number, line in _numbered(lines) if line.partition("=")[0].strip() == name), 0)


def _numbered(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        yield number, line.strip().removeprefix("export ")


def _shown(place: SourceLocation) -> str:
    """Write a place by its file's name: the folder is that of the backend."""
    return str(SourceLocation(Path(place.file).name, place.line))
