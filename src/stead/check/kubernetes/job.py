"""Jobs: what is to end does end, is tried again as often as is said, and is not begun twice."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import find, is_filled_in, key_of, text_of
from stead.check.kubernetes.manifest_set import delivered_workloads, workloads
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

BOUNDS = {
    "backoffLimit": "a limit of retries",
    "activeDeadlineSeconds": "a deadline",
    "ttlSecondsAfterFinished": "a time of its removal",
}
ENDS = frozenset({"Never", "OnFailure"})
MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
FIELD = re.compile(r"(?:[\w*?]+(?:-\w+)?(?:/\d+)?)(?:,[\w*?]+(?:-\w+)?(?:/\d+)?)*")
NAMES = "sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
LOOKS = 10  # seconds between two looks of the CronJob controller
OVERLAP = frozenset({"Forbid", "Replace"})


def _job_spec(workload: Workload) -> Node | None:
    path = ("spec", "jobTemplate", "spec") if workload.kind == "CronJob" else ("spec",)
    return workload.manifest.get(*path)


@rule("KUBERNETES077", severity="warning")
def jobs_have_bounds(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Job has a limit of retries, a deadline, and a time of its removal.

    By default it is retried six times with doubling pauses, has no deadline while a Pod hangs, and stays forever after
    its end. A deployment that waits for it waits as long. Write `backoffLimit`, `activeDeadlineSeconds` and
    `ttlSecondsAfterFinished`; the Jobs of a CronJob are removed by its history limits.
    """
    for workload in delivered_workloads(context):
        spec = _job_spec(workload) if workload.ends else None
        for name, what in BOUNDS.items() if spec is not None else ():
            removed_otherwise = workload.kind == "CronJob" and name == "ttlSecondsAfterFinished"
            if not text_of(spec, name) and not removed_otherwise:
                message = f"{workload.name} does not have {what}"
                yield Problem("KUBERNETES077", message, workload.manifest.place, f"add {name}")


@rule("KUBERNETES078")
def restart_policies_fit_their_kind(context: Context) -> Iterator[Problem]:
    """A Job has the `restartPolicy` `Never` or `OnFailure`, a Deployment `Always`.

    The API server refuses a Job whose Pods have no `restartPolicy`, since that means `Always`, and a Deployment with
    any other. Write `restartPolicy: Never` in a Job, and none in a Deployment.
    """
    for workload in workloads(context):
        restart_policy = text_of(workload.spec, "restartPolicy")
        if workload.ends and restart_policy not in ENDS:
            message = f"the Pods of {workload.name} would be restarted forever, which a Job does not allow"
            yield Problem("KUBERNETES078", message, workload.at("restartPolicy"), "write restartPolicy: Never")
        elif not workload.ends and workload.kind != "Pod" and restart_policy not in ("", "Always"):
            message = f"the Pods of a {workload.kind} are always restarted, and {workload.name} says {restart_policy}"
            yield Problem("KUBERNETES078", message, workload.at("restartPolicy"), "remove restartPolicy")


@rule("KUBERNETES079")
def schedules_are_readable(context: Context) -> Iterator[Problem]:
    """The schedule of a CronJob has five fields: minute, hour, day of the month, month, day of the week.

    The API server refuses another number of them, and values out of their range. A sixth field for seconds is not
    supported. Write for example `"15 3 * * *"`, or `@daily`.
    """
    for workload in workloads(context):
        node = workload.manifest.get("spec", "schedule") if workload.kind == "CronJob" else None
        if node is not None and node.text is not None and not is_filled_in(node.text) and not _is_schedule(node.text):
            message = f"{node.text} is not a valid schedule"
            place = workload.manifest.at(node)
            yield Problem("KUBERNETES079", message, place, 'write five fields, such as "15 3 * * *"')


def _is_schedule(text: str) -> bool:
    """Return whether a schedule is one, as robfig/cron reads it."""
    if text in MACROS or text.startswith("@every "):
        return True
    fields = text.split()
    if fields and fields[0].startswith(("TZ=", "CRON_TZ=")):
        return False  # spec.timeZone says it
    return len(fields) == len(RANGES) and all(map(_is_field, fields, RANGES))


def _is_field(text: str, bounds: tuple[int, int]) -> bool:
    if not FIELD.fullmatch(text):
        return False
    plain = re.sub(rf"\b(?:{NAMES})\b|/\d+", "", text.lower())
    return all(bounds[0] <= int(number) <= bounds[1] for number in re.findall(r"\d+", plain)) and not re.search(
        r"[a-z]", plain
    )


@rule("KUBERNETES080", severity="warning")
def scheduled_jobs_do_not_overlap(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a CronJob defines what happens while the previous run is active.

    By default a second one starts beside it, and both do the work; when the work takes longer than the interval, runs
    accumulate. Write `concurrencyPolicy: Forbid`, or `Replace`.
    """
    for workload in delivered_workloads(context):
        if workload.kind == "CronJob" and workload.manifest.text("spec", "concurrencyPolicy") not in OVERLAP:
            spec = find(workload.manifest.root, "spec")
            node = key_of(spec, "concurrencyPolicy") or key_of(spec, "schedule") or workload.manifest.root
            message = f"{workload.name} may run twice at the same time"
            yield Problem("KUBERNETES080", message, workload.manifest.at(node), "write concurrencyPolicy: Forbid")


@rule("KUBERNETES133")
def deadlines_can_be_met(context: Context) -> Iterator[Problem]:
    """The deadline of a Job allows it to run.

    With `activeDeadlineSeconds: 0` it is stopped immediately: `DeadlineExceeded`, without a log line.
    With `startingDeadlineSeconds` below 10 a CronJob may never start, since the controller checks every ten seconds.
    """
    for workload in workloads(context):
        spec = _job_spec(workload) if workload.ends else None
        active = [find(spec, "activeDeadlineSeconds"), find(workload.spec, "activeDeadlineSeconds")]
        starting = workload.manifest.get("spec", "startingDeadlineSeconds") if workload.kind == "CronJob" else None
        for node, fewest in (*((each, 1) for each in active), (starting, LOOKS)):
            if node is not None and (node.text or "").isdecimal() and int(node.text or "") < fewest:
                message = f"{workload.name} has {node.text} s, in which it cannot run"
                mend = "write the seconds that it may take" if fewest == 1 else f"write {LOOKS} or more"
                yield Problem("KUBERNETES133", message, workload.manifest.at(node), mend)


RULES = (
    jobs_have_bounds,
    restart_policies_fit_their_kind,
    schedules_are_readable,
    scheduled_jobs_do_not_overlap,
    deadlines_can_be_met,
)
