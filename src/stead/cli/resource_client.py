"""Find the URL of one database, Redis or bucket of a backend that runs, for a client of it."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from stead.cli.words import path_and_names
from stead.model import Gateway, Resource, load
from stead.run.control_client import Remote
from stead.run.error import RunError


def url_of(kind: type[Resource], words: Sequence[str]) -> SplitResult:
    """Return the URL of the one resource of a kind that the words select: a service, a setting, or neither."""
    path, names = path_and_names(words)
    found = [
        (process.name, resource.setting)
        for process in load(path).processes
        if not isinstance(process, Gateway)
        for resource in process.resources
        if isinstance(resource, kind)
    ]
    matching = [each for each in found if all(name in each for name in names)]
    if len(matching) != 1:
        raise RunError(_ambiguity_error(kind.kind, found, matching, names))
    service, setting = matching[0]
    url = _environment_values(path, service).get(setting)
    if url is None:
        raise RunError(f"{service} runs without {setting}: the description has changed; apply it: stead up -d")
    return urlsplit(url)


def _environment_values(path: Path, service: str) -> dict[str, str]:
    values: dict[str, str] = Remote(path).ask("environment", (service,))["environment"]
    return values


def _ambiguity_error(
    kind: str, found: Sequence[tuple[str, str]], matching: Sequence[tuple[str, str]], names: Sequence[str]
) -> str:
    if not found:
        return f"nothing in this backend needs {kind}"
    there = "\n".join(f"  {service} {setting}" for service, setting in matching or found)
    problem = f"several services need {kind}" if matching else f"{' '.join(names)} needs no {kind}"
    return f"{problem}; name one of\n{there}"
