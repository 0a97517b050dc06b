"""The keys of a workflow, its jobs, steps and events, as GitHub's schema of workflows has them."""

from collections.abc import Iterator

from stead.check.facts import At
from stead.check.facts.node import Node

FILTERS = frozenset({"branches", "branches-ignore", "paths", "paths-ignore", "types", "tags", "tags-ignore"})
ROOT = frozenset(
    {"cache-mode", "name", "on", "true", "env", "defaults", "concurrency", "jobs", "run-name", "permissions"}
)
JOB = frozenset(
    {"name", "needs", "permissions", "runs-on", "environment", "outputs", "env", "defaults", "if", "steps", "snapshot",
     "timeout-minutes", "strategy", "continue-on-error", "container", "services", "concurrency", "uses", "with",
     "secrets", "cache-mode"}
)  # fmt: skip
STEP = frozenset(
    {"id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error",
     "timeout-minutes", "background", "cancel", "parallel", "wait", "wait-all"}
)  # fmt: skip


def unknown(root: Node, events: dict[str, Node]) -> Iterator[At]:
    """Yield the keys that GitHub does not know."""
    yield from _keys(root, ROOT, "a workflow")
    for name in ("push", "pull_request", "pull_request_target"):
        event = events.get(name)
        yield from _keys(event, FILTERS, name) if event is not None else ()
    for _, job in jobs.entries() if (jobs := root.get("jobs")) is not None else ():
        yield from _keys(job, JOB, "a job")
        for step in steps.items or () if (steps := job.get("steps")) is not None else ():
            yield from _keys(step, STEP, "a step")


def _keys(node: Node, known: frozenset[str], whose: str) -> Iterator[At]:
    for key, _ in node.entries():
        if key.text is not None and key.text not in known:
            yield At(f"GitHub knows no {key.text} of {whose}", key.line, key.column, "key")
