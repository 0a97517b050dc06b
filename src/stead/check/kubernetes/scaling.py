"""Scaling: one says how many replicas there are, and some are left while a node is emptied."""

import math
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, items, text_of
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, is_near, manifest_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

SCALER, BUDGET = "HorizontalPodAutoscaler", "PodDisruptionBudget"
SCALED = frozenset({"Deployment", "StatefulSet"})


def _target(each: ManifestSet, scaler: Manifest) -> Workload | None:
    """Return what an autoscaler scales."""
    kind, name = (scaler.text("spec", "scaleTargetRef", key) for key in ("kind", "name"))
    return each.workload(kind, name, scaler.namespace)


def _scalers(each: ManifestSet) -> Iterator[tuple[Manifest, Workload | None]]:
    yield from ((scaler, _target(each, scaler)) for scaler in each.of(SCALER))


@rule("KUBERNETES051")
def replicas_have_one_owner(context: Context) -> Iterator[Problem]:
    """A workload with an autoscaler has no `replicas`.

    Each apply, and Argo CD's self-heal every few minutes, resets the number, stops Pods, and the autoscaler starts them
    again. Remove `replicas`.
    """
    for each in manifest_sets(context):
        for scaler, workload in _scalers(each):
            node = workload.manifest.get("spec", "replicas") if workload else None
            if workload and node is not None:
                message = f"{workload.name} has a number of replicas and an autoscaler, and the two conflict"
                place = workload.manifest.at(node)
                yield Problem("KUBERNETES051", message, place, "remove replicas", scaler.place)


@rule("KUBERNETES052")
def autoscalers_have_a_target(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an autoscaler scales a workload that is applied with it.

    Otherwise it reports `FailedGetScale` in its status, and does not scale under load. Fix the kind
    or the name of `scaleTargetRef`.
    """
    for each in delivered_sets(context):
        for scaler, workload in _scalers(each):
            if workload is None and each.complete and scaler.text("spec", "scaleTargetRef", "kind") in SCALED:
                name = scaler.get("spec", "scaleTargetRef", "name") or scaler.root
                message = f"{scaler.name} scales {name.text}, but there is no such workload"
                yield Problem("KUBERNETES052", message, scaler.at(name), "fix scaleTargetRef")


@rule("KUBERNETES111")
def workloads_have_one_autoscaler(context: Context) -> Iterator[Problem]:
    """A workload has one autoscaler.

    Two of them overwrite each other's number of replicas; newer versions stop both: `AmbiguousSelector`. Put both
    metrics in one.
    """
    for each in manifest_sets(context):
        first: dict[int, Manifest] = {}
        for scaler, workload in _scalers(each):
            other = first.setdefault(id(workload), scaler) if workload else scaler
            if workload and other is not scaler:
                message = f"{scaler.name} and {other.name} both scale {workload.name}"
                place = scaler.at(scaler.get("spec", "scaleTargetRef", "name") or scaler.root)
                yield Problem("KUBERNETES111", message, place, "fix the name, or keep one of the two", other.place)


@rule("KUBERNETES053")
def autoscalers_have_bounds(context: Context) -> Iterator[Problem]:
    """An autoscaler's `maxReplicas` is not below its `minReplicas`.

    The API server refuses it: `maxReplicas must be greater than or equal to minReplicas`. Fix one of the two.
    """
    for each in manifest_sets(context):
        for scaler in each.of(SCALER):
            most, fewest = scaler.get("spec", "maxReplicas"), _min_replicas(scaler)
            if most is not None and (most.text or "").isdecimal() and int(most.text or "") < fewest:
                message = f"{scaler.name} has at most {most.text} replicas and at least {fewest}"
                yield Problem("KUBERNETES053", message, scaler.at(most), "raise maxReplicas")


@rule("KUBERNETES054", severity="warning")
def autoscalers_keep_two(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an autoscaler has at least two replicas.

    With one, the service is down while its node is drained or its process restarts. Write `minReplicas: 2`.
    """
    for each in delivered_sets(context):
        for scaler in each.of(SCALER):
            node = scaler.get("spec", "minReplicas")
            if (node.text if node is not None else "1") in ("0", "1"):
                place = scaler.at(node) if node is not None else scaler.place
                message = f"{scaler.name} may leave a single replica"
                yield Problem("KUBERNETES054", message, place, "write minReplicas: 2")


@rule("KUBERNETES055")
def autoscaled_containers_request(context: Context) -> Iterator[Problem]:
    """A workload that is scaled by the use of a resource requests that resource in each container.

    The use is a percentage of what is requested; without a request there is none, and the autoscaler never scales:
    `missing request for cpu`. Add the request.
    """
    for each in manifest_sets(context):
        for scaler, workload in _scalers(each):
            for metric in items(scaler.root, "spec", "metrics") if workload else ():
                name = text_of(metric, "resource", "name")
                if workload and name and text_of(metric, "resource", "target", "type") == "Utilization":
                    yield from _unrequested(workload, name, scaler)


def _unrequested(workload: Workload, name: str, scaler: Manifest) -> Iterator[Problem]:
    for container in workload.running:
        if not any(text_of(container.node, "resources", kind, name) for kind in ("requests", "limits")):
            message = f"{container.name} is scaled by its use of {name}, but requests none"
            place = container.at("resources", "requests")
            yield Problem("KUBERNETES055", message, place, f"add resources.requests.{name}", scaler.place)


@rule("KUBERNETES134")
def autoscalers_measure_containers_that_are_there(context: Context) -> Iterator[Problem]:
    """A metric of one container names a container of the scaled workload.

    Another name has no value: `container … not present in metrics for pod`, and the autoscaler does not scale. Write
    the container's name.
    """
    for each in manifest_sets(context):
        for scaler, workload in _scalers(each):
            for metric in items(scaler.root, "spec", "metrics") if workload else ():
                node = find(metric, "containerResource", "container")
                if workload and node is not None and node.text not in {found.name for found in workload.running}:
                    message = f"{scaler.name} measures the container {node.text}, which {workload.name} does not have"
                    mend = f"write {workload.running[0].name}" if workload.running else "write the container's name"
                    yield Problem("KUBERNETES134", message, scaler.at(node), mend, workload.manifest.place)


@rule("KUBERNETES056")
def budgets_let_nodes_be_emptied(context: Context) -> Iterator[Problem]:
    """A PodDisruptionBudget allows the eviction of at least one Pod.

    With `maxUnavailable: 0`, or as many available as there are replicas, `kubectl drain` waits forever, and so does
    every upgrade of the cluster. Write `maxUnavailable: 1`.
    """
    for each in manifest_sets(context):
        fewest = {id(workload): _min_replicas(scaler) for scaler, workload in _scalers(each) if workload}
        for budget in each.of(BUDGET):
            replicas = [_replicas(workload, fewest) for workload in _selected(each, budget)]
            node = _blocking(budget, sum(replicas) if replicas else None)
            if node is not None:
                message = f"{budget.name} allows no eviction, so its nodes cannot be drained"
                yield Problem("KUBERNETES056", message, budget.at(node), "write maxUnavailable: 1")


def _replicas(workload: Workload, fewest: dict[int, int]) -> int:
    count = workload.replicas
    return fewest.get(id(workload), 1 if count is None else count)


def _min_replicas(scaler: Manifest) -> int:
    text = scaler.text("spec", "minReplicas")
    return int(text) if text.isdecimal() else 1


def _blocking(budget: Manifest, replicas: int | None) -> Node | None:
    """Return what keeps every Pod where it is; None where one may go."""
    most, fewest = budget.get("spec", "maxUnavailable"), budget.get("spec", "minAvailable")
    if most is not None:
        return most if most.text in ("0", "0%") else None
    text = (fewest.text or "") if fewest is not None else ""
    if text.endswith("%") and text[:-1].isdecimal():
        blocks = replicas is not None and math.ceil(replicas * int(text[:-1]) / 100) >= replicas
        return fewest if text == "100%" or blocks else None
    return fewest if text.isdecimal() and replicas is not None and int(text) >= max(replicas, 1) else None


def _selected(each: ManifestSet, budget: Manifest) -> list[Workload]:
    found = each.index.selected(budget.get("spec", "selector"))
    return [workload for workload in found if is_near(workload.manifest.namespace, budget.namespace)]


@rule("KUBERNETES057", severity="warning")
def replicas_have_a_budget(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a workload with several replicas has a PodDisruptionBudget.

    When two nodes are drained at once, all replicas may be evicted at once. Add one with `maxUnavailable: 1`, and
    `unhealthyPodEvictionPolicy: AlwaysAllow`.
    """
    for each in delivered_sets(context):
        covered = {id(workload) for budget in each.of(BUDGET) for workload in _selected(each, budget)}
        fewest = {id(workload): _min_replicas(scaler) for scaler, workload in _scalers(each) if workload}
        for workload in each.workloads:
            if workload.kind in SCALED and id(workload) not in covered and _replicas(workload, fewest) > 1:
                message = f"all replicas of {workload.name} may be evicted at once"
                yield Problem("KUBERNETES057", message, workload.manifest.place, "add a PodDisruptionBudget")


@rule("KUBERNETES058")
def budgets_select_pods(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a PodDisruptionBudget selects Pods that are applied with it.

    One that selects none protects nothing, without any message. Write the labels of the Pods' template.
    """
    for each in delivered_sets(context):
        for budget in each.of(BUDGET) if each.complete else ():
            if not _selected(each, budget):
                place = budget.at(budget.get("spec", "selector") or budget.root)
                message = f"{budget.name} selects no Pod"
                yield Problem("KUBERNETES058", message, place, "write the labels of the Pods' template")


@rule("KUBERNETES114")
def pods_are_in_one_budget(context: Context) -> Iterator[Problem]:
    """A Pod has at most one PodDisruptionBudget.

    The API server answers every eviction of a Pod with two of them with 500, and `kubectl drain` waits forever: `This
    pod has more than one PodDisruptionBudget`. Fix the selector, or remove one.
    """
    for each in manifest_sets(context):
        first: dict[int, Manifest] = {}
        for budget in each.of(BUDGET):
            for workload in _selected(each, budget):
                other = first.setdefault(id(workload), budget)
                if other is not budget:
                    place = budget.at(budget.get("spec", "selector") or budget.root)
                    message = f"the Pods of {workload.name} are in {other.name} and in {budget.name}"
                    yield Problem("KUBERNETES114", message, place, "fix the selector, or remove one", other.place)


RULES = (
    replicas_have_one_owner,
    autoscalers_have_a_target,
    autoscalers_have_bounds,
    workloads_have_one_autoscaler,
    autoscalers_keep_two,
    autoscaled_containers_request,
    autoscalers_measure_containers_that_are_there,
    budgets_let_nodes_be_emptied,
    replicas_have_a_budget,
    budgets_select_pods,
    pods_are_in_one_budget,
)
