"""Drift at Cloudflare: vars and secrets that no file declares, and declared ones that are missing there."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stead.ops.ship.workers_api import Given
from stead.ops.ship.workers_preflight import WorkersPreflight, WorkerStep

Kind = Literal["undeclared", "missing", "different", "not deployed"]
WORDS: Mapping[Kind, str] = {
    "undeclared": "is at Cloudflare, and no file declares it",
    "missing": "is declared, and is not at Cloudflare",
    "different": "has another value at Cloudflare",
    "not deployed": "was never deployed",
}


@dataclass(frozen=True, slots=True)
class WorkerDrift:
    """One difference; values of secrets are not compared, since Cloudflare does not return them."""

    service: str
    name: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.service}: {self.name} {WORDS[self.kind]}"


def drift(ready: WorkersPreflight, *, keep_vars: bool = False) -> Iterator[WorkerDrift]:
    """Yield every difference, sorted. With `keep_vars`, vars from the dashboard are intended and not reported."""
    for step in sorted(ready.steps(), key=lambda step: step.service):
        given = ready.cloudflare.given(step.worker)
        if given is None:
            yield WorkerDrift(step.service, step.worker, "not deployed")
            continue
        rendered = _rendered(ready, step)
        yield from (WorkerDrift(step.service, *each) for each in _of_vars(rendered["vars"], step, given, keep_vars))
        required = set(rendered["secrets"]["required"])
        undeclared = given.secrets - required - _optional(ready, step)
        yield from (WorkerDrift(step.service, name, "undeclared") for name in sorted(undeclared))
        yield from (WorkerDrift(step.service, name, "missing") for name in sorted(required - given.secrets))


def _of_vars(
    rendered: Mapping[str, str], step: WorkerStep, given: Given, keep_vars: bool
) -> Iterator[tuple[str, Kind]]:
    declared = {*rendered, *step.vars, *step.addresses}
    yield from ((name, "undeclared") for name in sorted(given.vars.keys() - declared) if not keep_vars)
    yield from ((name, "missing") for name in sorted(declared - given.vars.keys()))
    for name, text in sorted(rendered.items()):
        if name in given.vars and given.vars[name] != text:
            yield name, "different"


def _rendered(ready: WorkersPreflight, step: WorkerStep) -> dict[str, Any]:
    """Return the environment of the Worker's own configuration, which wrangler deploys."""
    text = (ready.place / step.service / "wrangler.jsonc").read_text()
    data = json.loads("\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//")))
    return dict(data["env"][ready.environment])


def _optional(ready: WorkersPreflight, step: WorkerStep) -> set[str]:
    process = next(each for each in ready.context.processes if each.name == step.service)
    return {setting.name for setting in ready.context.secrets(process, required=False)}
