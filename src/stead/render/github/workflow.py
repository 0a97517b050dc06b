"""A workflow of GitHub Actions: typed values, and the text of them.

Scripts contain no expressions: values of GitHub are in `env`, so that a title or a branch name is never code. Every
permission has a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stead.render.pins import Action
from stead.render.yaml import Block, Commented, written

RUNNER = "ubuntu-24.04"


@dataclass(frozen=True)
class Step:
    """One step: an action with its inputs, or a script."""

    name: str
    action: Action | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    run: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    condition: str = ""


@dataclass(frozen=True)
class Job:
    """One job. `permissions` are a level and a reason; `matrix` lists its combinations of variables."""

    id: str
    steps: tuple[Step, ...]
    name: str = ""
    needs: tuple[str, ...] = ()
    condition: str = ""
    permissions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    environment: str = ""
    url: str = ""
    matrix: tuple[Mapping[str, str], ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    concurrency: str = ""
    minutes: int = 15
    project: str = "."


@dataclass(frozen=True)
class Workflow:
    """One file below `.github/workflows/`. `triggers` are the values of `on`."""

    file: str
    name: str
    triggers: Mapping[str, Any]
    jobs: tuple[Job, ...]
    concurrency: str = ""
    cancels: str = "true"


def text(workflow: Workflow) -> str:
    """Return the text of a workflow."""
    return written(
        {
            "name": workflow.name,
            "on": dict(workflow.triggers),
            "permissions": {},
            "concurrency": {"group": workflow.concurrency, "cancel-in-progress": _cancels(workflow.cancels)},
            "jobs": {job.id: _job(job) for job in workflow.jobs},
        }
    )


def _cancels(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


def _job(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = {"name": job.name or job.id}
    found |= {"needs": list(job.needs)} if job.needs else {}
    found |= {"if": job.condition} if job.condition else {}
    found |= {"runs-on": RUNNER, "timeout-minutes": job.minutes}
    found["permissions"] = {name: Commented(level, why) for name, (level, why) in sorted(job.permissions.items())}
    found |= {"environment": _environment(job)} if job.environment else {}
    found |= {"concurrency": {"group": job.concurrency, "cancel-in-progress": False}} if job.concurrency else {}
    found |= {"outputs": dict(job.outputs)} if job.outputs else {}
    if job.matrix:
        found["strategy"] = {"fail-fast": False, "matrix": {"include": [dict(each) for each in job.matrix]}}
    found |= {"defaults": {"run": {"working-directory": job.project}}} if job.project != "." else {}
    found["steps"] = [_step(step) for step in job.steps]
    return found


def _environment(job: Job) -> dict[str, str]:
    return {"name": job.environment} | ({"url": job.url} if job.url else {})


def _step(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"name": step.name}
    found |= {"id": step.id} if step.id else {}
    found |= {"if": step.condition} if step.condition else {}
    if step.action:
        found["uses"] = Commented(step.action.uses, step.action.version)
    found |= {"with": {name: _input(value) for name, value in step.inputs.items()}} if step.inputs else {}
    found |= {"env": dict(step.env)} if step.env else {}
    found |= {"shell": "bash", "run": Block(step.run) if _is_long(step.run) else step.run} if step.run else {}
    return found


def _is_long(script: str) -> bool:
    return "\n" in script or '"' in script


def _input(value: Any) -> Any:
    return Block(value) if isinstance(value, str) and "\n" in value else value


def lines(*commands: str) -> str:
    """Return a script of several commands."""
    return "".join(f"{command}\n" for command in commands)


def joined(values: Sequence[str]) -> str:
    """Return a list as the input of an action: one item a line, or the single item."""
    return values[0] if len(values) == 1 else "".join(f"{value}\n" for value in values)
