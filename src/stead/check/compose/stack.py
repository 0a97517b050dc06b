"""Stacks: the Compose files that are put over one another, and what runs when they are.

In `deploy/compose/` these are the base with the overlay of each environment; an overlay of no environment
(`compose.elsewhere.yaml`) lies over the last environment's, and a file of another folder that only adds to services
(`deploy/observability/compose.yaml`) over the first one's. What is asked of a stack is what a rendered one keeps, so it
is asked in `deploy/` only: a team's own Compose file beside its code may be for a laptop's database, and no more. What
Docker refuses, or takes for something else, is asked of a team's own files too, each by itself: see `containers`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from stead.check.compose_model import ComposeModel
from stead.check.context import Context
from stead.check.merged_config import MergedConfig, documents, over
from stead.model import Backend, Environment, Process, Service
from stead.render.drift import FOLDER
from stead.render.environment_alias import short

if TYPE_CHECKING:
    from stead.check.compose.expected import ExpectedEnvironment

FILE = re.compile(r"(?:docker-)?compose(?:\.(?P<part>[\w-]+))?\.ya?ml")
DEV = "dev"
HOME = "compose"
VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^{}]*))?\}")


@dataclass(frozen=True, eq=False)
class Stack:
    """Files put over one another; `environment` is None where no file says which it is."""

    files: tuple[Path, ...]
    merged: MergedConfig
    environment: Environment | None
    backend: Backend | None

    @cached_property
    def expected(self) -> "ExpectedEnvironment | None":
        """What the description says of this environment; None where either is not known."""
        from stead.check.compose.expected import ExpectedEnvironment

        if self.backend is None or self.environment is None:
            return None
        return ExpectedEnvironment(self.backend, self.environment, frozenset(self.named))

    @property
    def part(self) -> str:
        """The environment's name as its files have it; empty where none is known."""
        return short(self.environment.name) if self.environment else ""

    @cached_property
    def processes(self) -> dict[str, Process]:
        return {process.name: process for process in self.backend.processes} if self.backend else {}

    @property
    def is_dev(self) -> bool:
        return self.environment is not None and self.environment.name == DEV

    @cached_property
    def containers(self) -> tuple["Container", ...]:
        return tuple(Container(self, name, item) for name, item in self.merged.each("services"))

    @cached_property
    def named(self) -> dict[str, "Container"]:
        return {container.name: container for container in self.containers}


@dataclass(frozen=True, eq=False)
class Container:
    """One service of a stack, after all files were put over one another."""

    stack: Stack
    name: str
    config: MergedConfig

    @property
    def process(self) -> Process | None:
        """What of the description it runs; None for a server, or for what someone added."""
        return self.stack.processes.get(self.name)

    @property
    def runs_once(self) -> bool:
        """A one-shot; a service that says so was given a wrong thing, which COMPOSE020 finds."""
        return self.config.text_at("restart") in ("no", "false") and not isinstance(self.process, Service)

    @property
    def image(self) -> str:
        """The image's name, with the defaults of its variables."""
        return VARIABLE.sub(lambda found: found[2] or found[0], self.config.text_at("image"))

    @property
    def words(self) -> str:
        """All that is run, as one text."""
        return " ".join((*self.config.words("entrypoint"), *self.config.words("command")))


def compose_files(context: Context) -> dict[Path, MergedConfig]:
    """Return every Compose file of the tree that has services, with what these extend."""
    files = context.once(documents)
    model = context.once(compose_model)
    resolved = ((file, model.file(file)) for file in files if files[file].get("services") is not None)
    return {file: config for file, config in resolved if config is not None}


def compose_model(context: Context) -> ComposeModel:
    """Return the Compose files of the tree as one model, which knows from where the paths of each start."""
    files = context.once(documents)
    model = ComposeModel(files.get)
    for file, config in files.items():
        if config.get("include") is not None and file not in model.included:
            list(model.files(file))
    return model


def stacks(context: Context) -> tuple[Stack, ...]:
    """Return the stacks of `deploy/`, made once for all rules."""
    return context.once(_stacks)


def delivered(context: Context) -> Iterator[Container]:
    """Yield every container of every stack."""
    for stack in stacks(context):
        yield from stack.containers


def own_stacks(context: Context) -> tuple[Stack, ...]:
    """Return a stack for each Compose file outside of `deploy/`, made once for all rules; of no environment."""
    return context.once(_own_stacks)


def containers(context: Context) -> Iterator[Container]:
    """Yield every container of every Compose file: those of the stacks, and those of each file outside of `deploy/`."""
    yield from delivered(context)
    for stack in own_stacks(context):
        yield from stack.containers


def _own_stacks(context: Context) -> tuple[Stack, ...]:
    files = context.once(compose_files).items()
    own = ((file, config) for file, config in files if not is_delivered(context, file))
    return tuple(Stack((file,), config, None, context.backend) for file, config in own)


def is_delivered(context: Context, file: Path) -> bool:
    """Return whether a file stands where rendered ones do."""
    return str(file).startswith(f"{context.root}/{FOLDER}/")


def _stacks(context: Context) -> tuple[Stack, ...]:
    folders: dict[Path, dict[str, tuple[Path, MergedConfig]]] = {}
    for file, config in context.once(compose_files).items():
        found = FILE.fullmatch(file.name)
        if found and is_delivered(context, file):
            folders.setdefault(file.parent, {})[found["part"] or ""] = (file, config)
    environments = {short(each.name): each for each in context.backend.environments} if context.backend else {}
    return tuple(_build_stacks(folders, context.backend, environments))


def _build_stacks(
    folders: dict[Path, dict[str, tuple[Path, MergedConfig]]], backend: Backend | None, known: dict[str, Environment]
) -> Iterator[Stack]:
    home: dict[Path, list[Stack]] = {}
    for folder, files in folders.items():
        if not _adds_only(files, folder.name):
            home[folder] = [_stack(each, environment, backend) for each, environment in _layers(files, known)]
            yield from home[folder]
    for folder, files in folders.items():
        below = next((stacks[0] for other, stacks in home.items() if other.name == HOME), None)
        if folder not in home:
            for file, config in files.values():
                layers = [*([(below.files[-1], below.merged)] if below else []), (file, config)]
                yield _stack(layers, below.environment if below else None, backend)


def _layers(
    files: dict[str, tuple[Path, MergedConfig]], known: dict[str, Environment]
) -> Iterator[tuple[list[tuple[Path, MergedConfig]], Environment | None]]:
    base = [files[""]] if "" in files else []
    there = [part for part in known if part in files]
    for part in there:
        yield [*base, files[part]], known[part]
    for part in [part for part in files if part and part not in known]:
        last = there[-1:]
        yield [*base, *(files[each] for each in last), files[part]], known[last[0]] if last else None
    if base and not there:
        yield base, None


def _stack(layers: list[tuple[Path, MergedConfig]], environment: Environment | None, backend: Backend | None) -> Stack:
    merged = layers[0][1]
    for _, config in layers[1:]:
        merged = over(merged, config)
    return Stack(tuple(file for file, _ in layers), merged, environment, backend)


def _adds_only(files: dict[str, tuple[Path, MergedConfig]], folder: str) -> bool:
    """Recognise a folder whose files add to services that others define: some have neither an image nor a build."""
    if folder == HOME or "" not in files:
        return False
    defined: set[str] = set()
    named: set[str] = set()
    for _, config in files.values():
        for name, service in config.each("services"):
            named.add(name)
            if any(service.get(key) is not None for key in ("image", "build", "extends")):
                defined.add(name)
    return bool(named - defined)
