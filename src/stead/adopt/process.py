"""Process: all that was found of one process, whichever files it is from, under the one name that it will have."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from stead.adopt.environment import label
from stead.adopt.evidence import BuildPart, Evidence, RoutePart, Value
from stead.adopt.image import Role, image
from stead.adopt.sources.envfile import near
from stead.check.facts import At
from stead.check.source import CODE, is_aside
from stead.model.health import HEALTH

TESTER = re.compile(r"(?:^|-)(?:e2e|tests?|playwright|cypress|k6)$|tests$")
TESTERS = frozenset({"playwright", "cypress", "k6", "included"})
TESTS = frozenset({"test", "qa"})
LAST_PORT = 65_535  # a Dockerfile with a typing error may name a higher port
DELIVERY = frozenset(
    {"tools", "docker", "deploy", "deployment", "infra", "build", "ci", "scripts", ".devcontainer", ".docker"}
)


@dataclass
class Process:
    """One process. `parts` come with the surest first: those that something runs by, then folders of source."""

    found: Evidence
    name: str
    parts: list[RoutePart] = field(default_factory=list)

    @cached_property
    def folder(self) -> str:
        """The folder of its source; empty when there is none here."""
        folders = [part.folder for part in self.parts if part.folder not in ("", ".")]
        there = [folder for folder in folders if any(self.found.tree.below(self.found.root / folder))]
        coded = [folder for folder in there if any(_is_code(path) for path in self.files_of(folder))]
        return next(iter(coded or there), "." if self._is_built_at_the_top else "")

    @property
    def _is_built_at_the_top(self) -> bool:
        """Whether something runs it that is built from the whole repository, or the repository is it."""
        return any(part.folder == "." for part in self.parts)

    @property
    def job(self) -> bool:
        return any(part.job for part in self.parts) or self.name in map(label, self.found.completed)

    @property
    def build(self) -> BuildPart | None:
        """How its image is built: as Compose says, or by the Dockerfile in its folder."""
        build = next((part.build for part in self.parts if part.build and part.kind != "folder"), None)
        return build or next((part.build for part in self.parts if part.build), None)

    @property
    def base(self) -> str:
        """The image that it is, or that its own is made from."""
        return next((part.base for part in self.parts if part.base), "") or self.image

    @property
    def probe(self) -> tuple[str, ...]:
        return next((part.probe for part in self.parts if part.probe), ())

    @property
    def tests_others(self) -> bool:
        """Whether its name, or its image, says that it tests the others."""
        return bool(TESTER.search(self.name)) or image(self.image).name in TESTERS

    @property
    def port(self) -> int:
        """The port on which it listens in its container; 0 where nothing says so."""
        return next((part.port for part in self.parts if 0 < part.port <= LAST_PORT), 0)

    @property
    def published(self) -> bool:
        return self.name in map(label, self.found.exposed)

    @property
    def only_in_tests(self) -> bool:
        """Whether only files for tests run it."""
        running = [part for part in self.parts if part.kind != "folder"]
        return bool(running) and all(part.only and set(part.only) <= TESTS for part in running)

    @property
    def image(self) -> str:
        return next((part.image for part in self.parts if part.image), "")

    @property
    def role(self) -> Role:
        return "service" if self.folder or not self.image else image(self.image).role

    @cached_property
    def values(self) -> dict[str, Value]:
        """What it is given: the first part that gives a value counts, and any that knows a secret or a word of help."""
        together: dict[str, Value] = {}
        for part in self.parts:
            for name, value in part.values.items():
                together[name] = _both(together.get(name), value)
        return together

    @cached_property
    def variants(self) -> dict[str, dict[str, Value]]:
        together: dict[str, dict[str, Value]] = {}
        for part in self.parts:
            for environment, values in part.variants.items():
                together.setdefault(environment, {}).update(values)
        return together

    @property
    def is_certain(self) -> bool:
        """Whether something runs it; a folder alone only looks like a service."""
        return any(part.kind != "folder" for part in self.parts)

    def files_of(self, folder: str) -> Iterator[Path]:
        """Yield the files of source in a folder, tests and what a build made left out."""
        top = self.found.root / folder
        yield from (path for path in self.found.tree.below(top) if path.suffix in CODE and not is_aside(path, top))

    @cached_property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.files_of(self.folder)) if self.folder else ()

    @cached_property
    def reads(self) -> dict[str, At]:
        """The variables that its code reads, each where it is read first; one with a default counts most."""
        reads: dict[str, At] = {}
        for path in self.files:
            for at in self.found.cache.facts(path, self.found.tree).reads:
                known = reads.get(at.text)
                reads[at.text] = at if known is None or (at.more and not known.more) else known
        return reads

    @property
    def bound(self) -> frozenset[str]:
        """Names that its code is handed, and that are not variables."""
        return frozenset(name for part in self.parts for name in part.bound)

    @property
    def has_code(self) -> bool:
        return any(_is_code(path) for path in self.files)

    def search(self, pattern: re.Pattern[str], files: Iterable[Path] | None = None) -> re.Match[str] | None:
        """Return the first place in its code, or in some files of it, that a pattern finds."""
        matches = (
            pattern.search(self.found.tree.text(path) or "") for path in (self.files if files is None else files)
        )
        return next(filter(None, matches), None)

    @cached_property
    def health_files(self) -> tuple[Path, ...]:
        """The files of its code that mention Stead's own health path."""
        facts = self.found.cache.facts
        return tuple(path for path in self.files if HEALTH in facts(path, self.found.tree).words)

    def mentions(self, text: str) -> bool:
        """Return whether its code has a text."""
        return any(text in (self.found.tree.text(path) or "") for path in self.files)


def _both(known: Value | None, value: Value) -> Value:
    if known is None:
        return value
    text = known.text if known.text is not None else value.text
    secret = known.secret or value.secret
    return Value(
        None if secret else text,
        known.file,
        known.raw or value.raw,
        secret,
        known.help or value.help,
        known.optional or value.optional,
    )


def _is_code(path: Path) -> bool:
    return path.suffix in CODE and path.suffix not in (".yml", ".yaml")


def processes(found: Evidence) -> list[Process]:
    """Put the parts together; sorted by name."""
    joined: dict[str, Process] = {}
    for part in (part for part in found.parts if part.kind != "folder"):
        joined.setdefault(label(part.name), Process(found, label(part.name))).parts.append(part)
    folders = [part for part in found.parts if part.kind == "folder"]
    _follow_dockerfiles(joined, folders)
    for part in folders:
        owners = _owners(joined, part)
        if part.job or (not owners and _is_a_program(part, joined)):  # a job is beside a service of the same source
            owners = [joined.setdefault(label(part.name), Process(found, label(part.name)))]
        for owner in owners:
            owner.parts.append(part)
    every = [joined[name] for name in sorted(joined) if joined[name].parts]
    for process in every:
        _take_examples(process)
    return every


def _is_a_program(part: RoutePart, joined: dict[str, Process]) -> bool:
    """Return whether a folder that nothing runs can be started, and is not only about the delivery of others."""
    alone = part.folder != "." or not any(process.folder or process.image for process in joined.values())
    return bool(part.folder and alone and part.command and not DELIVERY.intersection(part.folder.split("/")))


def _take_examples(process: Process) -> None:
    """Add what the env examples in its folder give: what it is told counts before it."""
    part = next((part for part in process.parts if part.kind == "folder" and part.folder == process.folder), None)
    if part and process.folder and process.reads:
        for name, value in near(process.found, process.found.root / process.folder).items():
            part.values.setdefault(name, value)


def _follow_dockerfiles(joined: dict[str, Process], folders: list[RoutePart]) -> None:
    """A process that is built by a Dockerfile far from its source has the folder from which that one copies."""
    of = {part.file: part.folder for part in folders}
    for process in joined.values():
        for part in process.parts:
            part.folder = of.get(part.folder, part.folder)


def _owners(joined: dict[str, Process], part: RoutePart) -> list[Process]:
    """Return the processes that a folder is the source of: by the folder, the name, or the end of the name.

    Several are one program that is told by a setting what to be: `trainer-http` and `trainer-grpc` of `trainer`.
    """
    name = label(part.name)
    same = [each for each in joined.values() if part.folder and any(one.folder == part.folder for one in each.parts)]
    if same:
        return same
    if name in joined:
        return [joined[name]]
    near = [process for process in joined.values() if _similar_names(process.name, name)]
    several = [each for each in joined.values() if each.name.startswith(f"{name}-") and not each.parts[0].image]
    if len(several) > 1 and part.folder not in ("", "."):
        return several
    return near if len(near) == 1 and part.folder in ("", ".", part.name) else []


def _similar_names(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return longer.endswith(f"-{shorter}") or longer.startswith(f"{shorter}-service")
