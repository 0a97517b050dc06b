"""Find one job of a backend's pipelines, of either forge, and run it on this machine for an event."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.model import Backend, SteadError
from stead.ops.ci import gitlab_runner
from stead.ops.ci.event import Event
from stead.ops.ci.gitlab_rules import rows as gitlab_rows
from stead.ops.ci.matrix import chosen, combinations
from stead.ops.ci.plan import context_of
from stead.ops.ci.process import Outcome
from stead.ops.ci.runner import Trial, run, secrets_of
from stead.ops.ci.simulation import needs_of, parsed, started, workflows
from stead.render import github, gitlab
from stead.render.pipeline.context import PipelineContext

PUSH = "push"


@dataclass(frozen=True)
class Choice:
    """The options of a run.

    secrets      a folder with a file for each
    artifacts    a folder for what jobs leave for one another; None: it is removed with the run
    combination  which of a matrix, `image=orders`; empty: all
    """

    secrets: Path | None = None
    artifacts: Path | None = None
    combination: str = ""


@dataclass(frozen=True)
class JobName:
    """The job, `build`, or `docs-ci.yml:build` of another workflow than the backend's own; and the event."""

    name: str
    event: str = ""


def run_job(
    backend: Backend, top: Path, events: tuple[Event, ...], which: JobName, choice: Choice
) -> Iterator[Outcome]:
    """Run a job; SteadError when there is none of that name, or no such event."""
    context, secrets = context_of(backend), secrets_of(choice.secrets)
    file, workflow = _workflow(context, top, which.name)
    if workflow is not None:
        name = which.name.rpartition(":")[2]
        event = _event(events, which, lambda each: name in started(context, file, workflow, each))
        job = workflow["jobs"][name]
        trial = Trial(event, needs_of(job, event), top, secrets, choice.artifacts)
        for combination in chosen(combinations(job), choice.combination):
            yield from run(job, trial, combination, workflow.get("env"))
        return
    jobs, starts = _of_gitlab(backend, top, which.name, events)
    if which.name not in jobs:
        raise SteadError(f"no pipeline of {backend.name} has a job {which.name}; list the jobs: stead ci test")
    event = _event(events, which, lambda each: starts[events.index(each)])
    yield from gitlab_runner.run(which.name, jobs[which.name], Trial(event, {}, top, secrets, choice.artifacts))


def _workflow(context: PipelineContext, top: Path, name: str) -> tuple[str, dict[str, Any] | None]:
    """Return the workflow of a job, and its file's name; rendered workflows take precedence over hand-written ones."""
    wanted, _, job = name.rpartition(":")
    own = [each.file for each in github.workflows(context.backend)]
    found = [(file, each) for file, each in workflows(context, top) if job in each["jobs"] and wanted in ("", file)]
    found.sort(key=lambda pair: own.index(pair[0]) if pair[0] in own else len(own))
    return found[0] if found else ("", None)


def _of_gitlab(
    backend: Backend, top: Path, name: str, events: tuple[Event, ...]
) -> tuple[dict[str, Any], tuple[bool, ...]]:
    """Return the jobs of the file with a job, and the events that start it."""
    for each in gitlab.pipelines(backend):
        files = (top / gitlab.ENTRY, top / each.file)
        if all(file.is_file() for file in files):
            entry, jobs = (parsed(file.read_text()) for file in files)
            if name in jobs:
                return jobs, next(gitlab_rows(each.file, entry, {name: jobs[name]}, events)).starts
    return {}, ()


def _event(events: tuple[Event, ...], which: JobName, starts: Callable[[Event], bool]) -> Event:
    """Return the event of a title; without a title a push if it starts the job, else the first event that does."""
    if not which.event:
        found = sorted((each for each in events if starts(each)), key=lambda each: each.title != PUSH)
        return found[0] if found else next(each for each in events if each.title == PUSH)
    named = next((each for each in events if each.title == which.event), None)
    if named is None:
        raise SteadError(f"there is no event {which.event!r}: name one of {', '.join(each.title for each in events)}")
    return named
