"""Rollouts: a new version replaces the old one without a moment in which nobody answers."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.kubernetes.manifest import find, text_of, texts
from stead.check.kubernetes.manifest_set import delivered_sets, workloads
from stead.check.kubernetes.service import behind
from stead.check.kubernetes.workload import Container, Workload, volumes
from stead.check.rule import rule
from stead.model import Problem

GRACE = 30  # seconds, the default of a Pod
SLEEP = re.compile(r"\bsleep\s+(\d+)\b")


@rule("KUBERNETES049")
def grace_is_longer_than_the_stop_hook(context: Context) -> Iterator[Problem]:
    """A Pod's grace period is longer than its `preStop` hook.

    The period starts with the hook. If the hook takes all of it, the program gets SIGTERM and SIGKILL at the same time,
    and open requests fail. Raise `terminationGracePeriodSeconds`; the default is 30.
    """
    for workload in workloads(context):
        text = text_of(workload.spec, "terminationGracePeriodSeconds")
        grace = int(text) if text.isdecimal() else GRACE
        for container in workload.running:
            waits = _waits(container)
            if waits and waits >= grace:
                message = f"{container.name} waits {waits} s before it stops, and is killed after {grace} s"
                place = workload.at("terminationGracePeriodSeconds") if text else container.at("lifecycle", "preStop")
                mend = f"write terminationGracePeriodSeconds: {waits + GRACE}"
                yield Problem("KUBERNETES049", message, place, mend)


def _waits(container: Container) -> int:
    """Return how many seconds the hook before the stop waits."""
    hook = find(container.node, "lifecycle", "preStop")
    seconds = text_of(hook, "sleep", "seconds")
    if seconds.isdecimal():
        return int(seconds)
    found = SLEEP.search(" ".join(texts(hook, "exec", "command")))
    return int(found[1]) if found else 0


@rule("KUBERNETES050", severity="warning")
def rollouts_keep_replicas(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Deployment behind a Service keeps its replicas while a new version starts.

    `Recreate` stops all old ones first, and `maxUnavailable: 100%` may: the service is down until the new ones are
    ready. Write `rollingUpdate: {maxSurge: 1, maxUnavailable: 0}`. The rule skips a Deployment with its own volume.
    """
    for each in delivered_sets(context):
        served = {id(found) for service in each.of("Service") for found in behind(each, service)}
        for workload in each.workloads:
            if workload.kind == "Deployment" and id(workload) in served and not _has_claim(workload):
                yield from _interrupted(workload)


def _has_claim(workload: Workload) -> bool:
    return any(find(volume, "persistentVolumeClaim") is not None for _, volume in volumes(workload.spec))


def _interrupted(workload: Workload) -> Iterator[Problem]:
    strategy = workload.manifest.get("spec", "strategy")
    kind, most = find(strategy, "type"), find(strategy, "rollingUpdate", "maxUnavailable")
    if kind is not None and kind.text == "Recreate":
        message = f"no replica of {workload.name} answers while a new version starts"
        yield Problem("KUBERNETES050", message, workload.manifest.at(kind), "write type: RollingUpdate")
    elif most is not None and _is_all(most.text or "", workload.replicas):
        message = f"a rollout may end every replica of {workload.name} first"
        yield Problem("KUBERNETES050", message, workload.manifest.at(most), "write maxUnavailable: 0, and maxSurge: 1")


def _is_all(text: str, replicas: int | None) -> bool:
    if text.endswith("%"):
        return text == "100%"
    return text.isdecimal() and int(text) > 0 and int(text) >= (1 if replicas is None else replicas)


@rule("KUBERNETES116")
def rollouts_can_begin(context: Context) -> Iterator[Problem]:
    """A rolling update may start an additional Pod, or stop one first.

    With both at 0 no Pod can be replaced, and the API server refuses it: `may not be 0 when maxSurge is 0`. Write
    `maxSurge: 1`.
    """
    for workload in workloads(context):
        update = workload.manifest.get("spec", "strategy", "rollingUpdate")
        most, more = find(update, "maxUnavailable"), find(update, "maxSurge")
        if most is not None and more is not None and {most.text, more.text} <= {"0", "0%"}:
            message = f"a rollout of {workload.name} may neither start a Pod nor end one"
            yield Problem("KUBERNETES116", message, workload.manifest.at(more), "write maxSurge: 1")


RULES = (grace_is_longer_than_the_stop_hook, rollouts_keep_replicas, rollouts_can_begin)
