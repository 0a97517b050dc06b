"""Simulate which jobs of which workflow start for which event, from the files on disk.

Conditions are evaluated as on GitHub; values that only a run computes (a step's output) are empty, except the plan of a
rendered workflow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stead.model import Gitlab, SteadError
from stead.ops.ci.event import COMMIT, Event, starts
from stead.ops.ci.expression import ExpressionError, condition
from stead.ops.ci.matrix import combinations
from stead.ops.ci.plan import covers, watched
from stead.render.header import mark_of
from stead.render.pipeline.context import PipelineContext
from stead.render.repository import repository_root


@dataclass(frozen=True, slots=True)
class Row:
    """One job: whether each event starts it; `times` is the number of combinations of its matrix."""

    workflow: str
    job: str
    starts: tuple[bool, ...]
    times: int = 1


def workflows(context: PipelineContext, top: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the workflows of a repository, without those rendered for another backend."""
    import yaml

    source = repository_root(context.backend).source
    for file in sorted((top / ".github/workflows").glob("*.y*ml")):
        text = file.read_text()
        mark = mark_of(text)
        if mark is not None and mark.source != source:
            continue
        try:
            found = parsed(text)
        except yaml.YAMLError as error:
            raise SteadError(
                f"{file} cannot be read: {str(error).splitlines()[0]}; stead check shows the line"
            ) from None
        if isinstance(found, dict) and isinstance(found.get("jobs"), dict):
            yield file.name, found


def parsed(text: str) -> Any:
    """Parse a YAML file; with the C parser if available, which takes a tenth of the time."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe


def rows(context: PipelineContext, top: Path, happening: tuple[Event, ...]) -> Iterator[Row]:
    """Yield a row for each job of each workflow."""
    for name, workflow in workflows(context, top):
        found = [started(context, name, workflow, event) for event in happening]
        for job, job_config in workflow["jobs"].items():
            yield Row(name, str(job), tuple(job in each for each in found), len(combinations(job_config)))


def started(context: PipelineContext, file: str, workflow: Mapping[Any, Any], event: Event) -> frozenset[str]:
    """Return the jobs that start, each after those that it needs."""
    if not starts(workflow.get("on", workflow.get(True)), event):
        return frozenset()
    jobs: Mapping[str, Any] = workflow["jobs"]
    began: dict[str, bool] = {}
    while len(began) < len(jobs):
        ready = [name for name in jobs if name not in began and all(need in began for need in _needs(jobs[name]))]
        if not ready:
            raise SteadError(f"{file}: jobs need one another, or one that is not there; stead check shows the line")
        for name in ready:
            began[name] = _begins(context, file, name, jobs[name], event, began)
    return frozenset(name for name, began_ in began.items() if began_)


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs") or []
    return [needs] if isinstance(needs, str) else list(needs)


def _begins(
    context: PipelineContext, file: str, name: str, job: Mapping[str, Any], event: Event, began: Mapping[str, bool]
) -> bool:
    needs = {
        need: {
            "result": "success" if began[need] else "skipped",
            "outputs": _outputs(context, event) if need == "plan" else {},
        }
        for need in _needs(job)
    }
    given = {"github": event.github(), "needs": needs, "vars": {}, "secrets": {}, "env": {}, "matrix": {}}
    text = str(job.get("if", ""))
    try:
        asks = re.search(r"\b(?:always|failure|cancelled)\s*\(", text)
        return condition(text, given) and (bool(asks) or all(began[need] for need in needs))
    except ExpressionError as error:
        raise SteadError(f"{file}: the condition of {name}: {error}") from None


def needs_of(job: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """Return the outputs of a job's predecessors after success."""
    outputs = {"changed": "true", "version": event.tag or COMMIT[:7]}
    return {need: {"result": "success", "outputs": outputs if need == "plan" else {}} for need in _needs(job)}


def _outputs(context: PipelineContext, event: Event) -> dict[str, str]:
    """Return the outputs of `stead ci plan`."""
    own = watched(context)
    changed = bool(event.tag) or any(covers(word, path) for word in own for path in event.changed)
    return {"changed": "true" if changed else "false", "version": event.tag or COMMIT[:7]}


def pushed(context: PipelineContext, event: Event) -> tuple[str, ...]:
    """Return the names of the images that an event would push."""
    if event.name != "push" or _outputs(context, event)["changed"] == "false":
        return ()
    commit = COMMIT if isinstance(context.pipeline, Gitlab) else f"sha-{COMMIT[:7]}"
    tags = (commit, event.tag, "latest") if event.tag else (commit,)
    return tuple(f"{image.repository}:{tag}" for image in context.images for tag in tags)
