"""The targets: each renders a description to typed values, and these to texts. A new one is a folder and a line
here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stead.model import AnyService, Backend, Environment, Problem
from stead.render import (
    compose,
    docker,
    edit,
    github,
    gitlab,
    helm,
    kubernetes,
    makefile,
    oathkeeper,
    observability,
    terraform,
    workers,
)
from stead.render.drift import FOLDER
from stead.render.environment_alias import short
from stead.render.header import SHARED, marked
from stead.render.problem import RenderError
from stead.render.promise import PROMISES, PromiseStatus, report
from stead.render.repository import repository_root


def _nothing(_backend: Backend) -> Mapping[str, str]:
    return {}


def _always(_: Backend) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Target:
    """One target.

    files     backend → text, by the path below `deploy/`, still without marks
    problems  backend → what the target cannot keep of it
    editable  the types of values that a description's edits may change
    at_root   backend → text, by the path below the repository's top, for what a forge reads there only
    shared    those of them that every backend of a repository writes alike
    keeps     how it keeps each promise of a description; None of what is beside the backend and keeps none of it
    is_wanted     tells whether a backend is delivered by it; the others get no file of it
    missing   what the others lack, and what to write for it
    runs_workers  True where a service that is a Worker is of no concern, or runs
    """

    files: Callable[[Backend], Mapping[str, str]]
    problems: Callable[[Backend], Sequence[Problem]]
    editable: tuple[type, ...]
    keeps: Mapping[str, PromiseStatus] | None = None
    is_wanted: Callable[[Backend], bool] = _always
    missing: tuple[str, str] = ("", "")
    runs_workers: bool = False
    at_root: Callable[[Backend], Mapping[str, str]] = _nothing
    shared: frozenset[str] = frozenset()


TARGETS: Mapping[str, Target] = {
    "docker": Target(docker.files, docker.problems, docker.EDITABLE, docker.KEEPS, runs_workers=True),
    "compose": Target(compose.files, compose.problems, compose.EDITABLE, compose.KEEPS),
    "kubernetes": Target(
        kubernetes.files,
        kubernetes.problems,
        kubernetes.EDITABLE,
        kubernetes.KEEPS,
        kubernetes.runs_there,
        kubernetes.MISSING,
    ),
    "helm": Target(helm.files, helm.problems, helm.EDITABLE, helm.KEEPS, helm.runs_there, helm.MISSING),
    "make": Target(makefile.files, makefile.problems, makefile.EDITABLE),
    "oathkeeper": Target(
        oathkeeper.files,
        oathkeeper.problems,
        oathkeeper.EDITABLE,
        is_wanted=oathkeeper.is_wanted,
        missing=oathkeeper.MISSING,
        runs_workers=True,
    ),
    "observability": Target(
        observability.files,
        observability.problems,
        observability.EDITABLE,
        is_wanted=observability.is_wanted,
        missing=observability.MISSING,
    ),
    "github": Target(_nothing, github.problems, github.EDITABLE, at_root=github.files, runs_workers=True),
    "gitlab": Target(
        _nothing,
        gitlab.problems,
        gitlab.EDITABLE,
        at_root=gitlab.files,
        shared=frozenset({gitlab.ENTRY}),
        runs_workers=True,
    ),
    "terraform": Target(
        terraform.files,
        terraform.problems,
        terraform.EDITABLE,
        is_wanted=terraform.wanted,
        missing=terraform.MISSING,
        runs_workers=True,
    ),
    "workers": Target(
        workers.files,
        workers.problems,
        workers.EDITABLE,
        workers.KEEPS,
        workers.is_wanted,
        workers.MISSING,
        runs_workers=True,
    ),
}


def usual(backend: Backend) -> tuple[str, ...]:
    """Return the targets of a backend: those by which it is delivered, and on which each of its services runs."""
    return tuple(name for name, target in TARGETS.items() if target.is_wanted(backend) and not _foreign(backend, name))


def left_out(backend: Backend) -> dict[str, str]:
    """Return the targets that could be wanted and are left out, each with the services that cannot run there."""
    found = {
        name: ", ".join(each.name for each in _foreign(backend, name))
        for name, target in TARGETS.items()
        if target.is_wanted(backend)
    }
    return {name: services for name, services in found.items() if services}


def refused_unwanted(backend: Backend, targets: Sequence[str]) -> list[Problem]:
    """Return the targets, of those that a person named, by which the backend is not delivered."""
    return [
        Problem("TARGET003", f"nothing of {backend.name} is rendered by {name}: {missing}", backend.where, mend)
        for name in targets
        if not TARGETS[name].is_wanted(backend)
        for missing, mend in (TARGETS[name].missing,)
    ]


def _foreign(backend: Backend, target: str) -> list[AnyService]:
    """Return the Workers, for a target that cannot run them."""
    return [] if TARGETS[target].runs_workers else [service for service in backend.services if service.worker]


def generated(backend: Backend, targets: Sequence[str] | None = None) -> dict[str, str]:
    """Return every rendered file, by its path relative to the backend.py's folder, sorted; without `targets` of all.

    Pure: the same description gives the same bytes. Raises RenderError with all that the targets cannot keep.
    """
    named = usual(backend) if targets is None else targets
    targets = [name for name in named if TARGETS[name].is_wanted(backend)]
    chosen = [TARGETS[name] for name in targets]
    if refused := [problem for name in targets for problem in _refused(backend, name)]:
        raise RenderError(refused)
    found = [*edit.problems(backend, editable()), *(each for target in chosen for each in target.problems(backend))]
    found += [each for name in targets for each in _unstated_promises(backend, name)]
    if found:
        raise RenderError(found)
    texts = {f"{FOLDER}/{path}": text for path, text in _files(backend, chosen).items()}
    texts |= {f"{FOLDER}/{name}/REPORT.md": text for name, text in reports(backend, targets).items()}
    files = {path: marked(path, text) for path, text in texts.items()} | _at_root(backend, chosen)
    return {path: files[path] for path in sorted(files)}


def _refused(backend: Backend, target: str) -> Iterator[Problem]:
    for service in _foreign(backend, target):
        message = f"{service.name} is a Worker, which the target {target} cannot run"
        mend = "leave that target out: stead render --target workers; or set command= for other targets"
        yield Problem("TARGET002", message, service.where, mend)


def _at_root(backend: Backend, targets: Sequence[Target]) -> dict[str, str]:
    """Return the files at the repository's top, with marks of their owner."""
    root = repository_root(backend)
    shared = {path for target in targets for path in target.shared}
    return {
        root.file(path): marked(path, text, SHARED if path in shared else root.source)
        for path, text in _files(backend, targets, at_root=True).items()
    }


def _files(backend: Backend, targets: Sequence[Target], *, at_root: bool = False) -> dict[str, str]:
    """Return the files of all targets; RenderError with what edits of any of them raise."""
    found: dict[str, str] = {}
    raised: list[Problem] = []
    for target in targets:
        try:
            found |= target.at_root(backend) if at_root else target.files(backend)
        except RenderError as error:
            raised += error.problems
    if raised:
        raise RenderError(raised)
    return found


def of_environment(files: Mapping[str, str], backend: Backend, environment: Environment) -> dict[str, str]:
    """Leave out other environments' files: `compose.prod.yaml`, `.env.prod.example`, `kubernetes/prod/`."""
    others = [each for each in backend.environments if each is not environment]
    names = {short(each.name) for each in others} - {short(environment.name)}
    places = (kubernetes.FOLDER, terraform.FOLDER)
    folders = tuple(f"{FOLDER}/{place}/{each.name}/" for place in places for each in others)
    return {
        path: text
        for path, text in files.items()
        if names.isdisjoint(path.rpartition("/")[2].split(".")) and not path.startswith(folders)
    }


def reports(backend: Backend, targets: Sequence[str]) -> dict[str, str]:
    """Return, by target, the page about how it keeps each promise of the description."""
    statuses = {name: TARGETS[name].keeps for name in targets if TARGETS[name].is_wanted(backend)}
    return {name: report(name, backend, keeps) for name, keeps in statuses.items() if keeps is not None}


def _unstated_promises(backend: Backend, target: str) -> Iterator[Problem]:
    """Yield the promises that a target does not mention: it would lose them silently."""
    keeps = TARGETS[target].keeps
    for name in PROMISES if keeps is not None else ():
        if name not in (keeps or ()):
            message = f"the target {target} does not say how it keeps this promise: {PROMISES[name]}"
            yield Problem("TARGET001", message, backend.where, "leave the target out, or add the promise to its report")


def editable() -> tuple[type, ...]:
    """Return every type of value that an edit may take."""
    return tuple(kind for target in TARGETS.values() for kind in target.editable)
