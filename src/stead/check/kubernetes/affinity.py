"""Affinity: what keeps Pods apart, or together, counts Pods that there are, by a label that nodes have."""

from collections.abc import Iterator
from difflib import get_close_matches

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import find, is_filled_in, items
from stead.check.kubernetes.manifest_set import delivered_sets, workloads
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

# kubernetes.io, docs/reference/labels-annotations-taints
DOMAINS = ("kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region")
RESERVED = ("kubernetes.io/", "topology.kubernetes.io/")
OTHERS = frozenset({"kubernetes.io/os", "kubernetes.io/arch"})
BARE = frozenset({"hostname", "zone", "region"})
ALIKE = 0.9  # how alike two keys are where one is a misspelling of the other
AFFINITIES = ("podAffinity", "podAntiAffinity")
WAYS = (
    ("requiredDuringSchedulingIgnoredDuringExecution", ()),
    ("preferredDuringSchedulingIgnoredDuringExecution", ("podAffinityTerm",)),
)
ELSEWHERE = ("namespaces", "namespaceSelector")


def _terms(workload: Workload) -> Iterator[Node]:
    """Yield what a workload's affinities to other Pods ask for."""
    for affinity in AFFINITIES:
        for way, path in WAYS:
            for entry in items(workload.spec, "affinity", affinity, way):
                term = find(entry, *path)
                if term is not None:
                    yield term


@rule("KUBERNETES122")
def affinities_count_pods(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an affinity to other Pods selects Pods that are applied with it.

    One that selects none has no effect: all replicas may run on one node, without any message. With such a required
    affinity no Pod is ever scheduled. Write the labels of the Pods' template.
    """
    for each in delivered_sets(context):
        for workload in each.workloads if each.complete else ():
            for term in _terms(workload):
                selector = find(term, "labelSelector")
                elsewhere = any(find(term, name) is not None for name in ELSEWHERE)
                if selector is not None and not elsewhere and not each.index.selected(selector):
                    message = f"an affinity of {workload.name} selects no Pod"
                    place = workload.manifest.at(selector)
                    yield Problem("KUBERNETES122", message, place, "write the labels of the Pods' template")


@rule("KUBERNETES123")
def domains_are_labels_of_nodes(context: Context) -> Iterator[Problem]:
    """A topology key is a label that the nodes have.

    Nodes without it are ignored: a spread or an affinity by `kubernetes.io/host` has no effect if it is preferred, and
    if it is required no Pod is scheduled. Write `kubernetes.io/hostname`, `topology.kubernetes.io/zone` or
    `topology.kubernetes.io/region`; the rule skips your own labels.
    """
    for workload in workloads(context):
        for each in (*_terms(workload), *items(workload.spec, "topologySpreadConstraints")):
            node = find(each, "topologyKey")
            meant = _meant(node.text or "") if node is not None else ""
            if node is not None and meant:
                message = f"{workload.name} counts Pods by {node.text}, which no node has"
                yield Problem("KUBERNETES123", message, workload.manifest.at(node), f"write {meant}")


def _meant(key: str) -> str:
    """Return which key was meant by one that no node has; empty where some may have it."""
    if not key or key in DOMAINS or key in OTHERS or is_filled_in(key):
        return ""
    if key in BARE:
        return next(domain for domain in DOMAINS if domain.endswith(f"/{key}"))
    close = get_close_matches(key, DOMAINS, n=1, cutoff=0 if key.startswith(RESERVED) else ALIKE)
    return close[0] if close else ""


RULES = (affinities_count_pods, domains_are_labels_of_nodes)
