"""What is wrong with a workflow, as far as its text tells: each kind is a rule of the family GITHUB."""

import re
from collections.abc import Iterator

from stead.check.facts import At, Facts
from stead.check.facts import github_job as job_reader
from stead.check.facts.github_key import unknown
from stead.check.facts.node import Node

CRON = re.compile(r"(?:[\d*][\d*,/-]*\s+){2}[\dL*?][\d*,/L?-]*\s+[\w*][\w*,/-]*\s+[\w*?][\w*,/#-]*")
OF_PULLS = frozenset({"pull_request", "pull_request_target", "merge_group"})


def add_facts(root: Node, facts: Facts) -> None:
    """Add what is wrong with a workflow, and the paths that its loops go through."""
    events = _events(root)
    found = [*_workflow_facts(root, events), *unknown(root, events)]
    jobs = root.get("jobs")
    known = {key.text or "": job for key, job in jobs.entries()} if jobs is not None else {}
    for name, job in known.items():
        place = next(key for key, _ in jobs.entries() if key.text == name) if jobs is not None else root
        found += job_reader.add_facts(name, place, job, job_reader.Workflow(root, events, known))
        facts.paths += job_reader.loops(job)
    facts.policies += (At(at.text, at.line, at.column, f"github {at.more}") for at in found)


def action(root: Node, facts: Facts) -> None:
    """Add what is wrong with the steps of an action."""
    runs = root.get("runs")
    if runs is not None:
        found = job_reader.steps(runs, frozenset(), release=False)
        facts.policies += (At(at.text, at.line, at.column, f"github {at.more}") for at in found)


def _events(root: Node) -> dict[str, Node]:
    """Return the events that start a workflow, each with what is said of it."""
    node = root.get("on") or root.get("true")
    if node is None:
        return {}
    if node.pairs:
        return {key.text or "": value for key, value in node.entries()}
    return {each.text or "": each for each in node.each()}


def _workflow_facts(root: Node, events: dict[str, Node]) -> Iterator[At]:
    jobs = [job for _, job in found.entries()] if (found := root.get("jobs")) else []
    yield from _permissions(root, jobs)
    grouped = root.get("concurrency") is not None or (jobs and all(job.get("concurrency") for job in jobs))
    if not grouped and events.keys() & {"push", *OF_PULLS}:
        yield At("two pushes run this workflow at the same time", 1, 1, "concurrency")
    yield from _duplicate_runs(root, events)
    schedule = events.get("schedule")
    for each in schedule.each() or schedule.items or () if schedule is not None else ():
        cron = each.get("cron") if each.pairs else None
        if cron is not None and not _is_cron((cron.text or "").strip()):
            yield At(f"{cron.text!r} is not a cron schedule, so it never runs", cron.line, cron.column, "cron")


def _is_cron(text: str) -> bool:
    """Return whether a text is a time of cron: five fields, of which no number is above its field's largest."""
    limits = zip(text.split(), (59, 23, 31, 12, 7), strict=False)
    return bool(CRON.fullmatch(text)) and all(
        int(number) <= limit for field, limit in limits for number in re.findall(r"(?<!/)\b\d+", field)
    )


def _permissions(root: Node, jobs: list[Node]) -> Iterator[At]:
    top = root.get("permissions")
    own = [job for job in jobs if job.get("permissions") is None]
    if top is None and own:
        yield At("its jobs have the rights that the repository's settings give them", 1, 1, "permissions")
    for holder in (root, *jobs):
        node = holder.get("permissions")
        if node is not None and node.text == "write-all":
            yield At("write-all lets every job change everything", node.line, node.column, "broad")
    for key, value in top.entries() if top is not None and top.pairs else ():
        if value.text == "write" and len(jobs) > 1:
            yield At(f"every job may write {key.text}", key.line, key.column, "broad")


def _duplicate_runs(root: Node, events: dict[str, Node]) -> Iterator[At]:
    """A push to a branch with a pull request starts both events, where nothing says which branches are meant."""
    push = events.get("push")
    if (
        push is not None
        and "pull_request" in events
        and not any(push.get(name) for name in ("branches", "tags", "branches-ignore"))
    ):
        key = (root.get("on") or root.get("true") or root).key("push")
        yield At("each push to a pull request's branch runs this twice", key.line, key.column, "twice")
