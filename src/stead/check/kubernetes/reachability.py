"""Reachability: which workloads of a set may reach which others, by the network policies that select them.

As the API has it: a Pod that no policy selects for a direction is open in that direction; one that is selected is
reached by what some rule of some policy names, and by nothing else. Addresses are not known before there are Pods:
an address block means Pods only where it means every address.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, items, text_of, texts
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, is_near
from stead.check.kubernetes.selector import matches
from stead.check.kubernetes.workload import Workload

Direction = Literal["Ingress", "Egress"]
PEERS: dict[Direction, str] = {"Ingress": "from", "Egress": "to"}
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
NAMESPACE = "kubernetes.io/metadata.name"
Peer = tuple[Manifest, Node]  # a policy, and what of it names a peer


@dataclass(eq=False)
class Reachability:
    """What the policies of one set allow, by the identities of the workloads.

    policies  the policies that select a workload, by direction
    sources   who may reach a workload at one of its ports, with what says so
    targets   whom a workload may reach, at one of that one's ports
    """

    each: ManifestSet
    policies: dict[Direction, dict[int, list[Manifest]]] = field(
        default_factory=lambda: {direction: {} for direction in PEERS}
    )
    sources: dict[int, dict[tuple[int, str], Peer]] = field(default_factory=dict)
    targets: dict[int, set[tuple[int, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._used = {workload.manifest.namespace for workload in self.each.workloads}
        self._namespaces = {each.name: each for each in self.each.of("Namespace")}
        for policy in self.each.of("NetworkPolicy"):
            pods = selected(self.each, policy)
            for direction in directions(policy):
                for workload in pods:
                    self.policies[direction].setdefault(id(workload), []).append(policy)
            for rule, peer, others in self._peers(policy, "Ingress"):
                self._add_sources(policy, pods, rule, peer, others)
            for rule, _, others in self._peers(policy, "Egress"):
                self._add_targets(pods, rule, others)

    def allows(self, caller: Workload, callee: Workload) -> bool:
        """Return whether both sides let a call through, at some port of the callee."""
        return any(
            self._leaves(caller, callee, port) and self._enters(caller, callee, port) for port in callee.port_numbers
        )

    def leaves(self, caller: Workload, callee: Workload) -> bool:
        """Return whether the caller's own side lets a call out."""
        return any(self._leaves(caller, callee, port) for port in callee.port_numbers)

    def is_open(self, workload: Workload, direction: Direction) -> bool:
        return id(workload) not in self.policies[direction]

    def _leaves(self, caller: Workload, callee: Workload, port: str) -> bool:
        return self.is_open(caller, "Egress") or (id(callee), port) in self.targets.get(id(caller), ())

    def _enters(self, caller: Workload, callee: Workload, port: str) -> bool:
        return self.is_open(callee, "Ingress") or (id(caller), port) in self.sources.get(id(callee), {})

    def _add_sources(
        self, policy: Manifest, pods: list[Workload], rule: Node, peer: Node, others: list[Workload]
    ) -> None:
        for workload in pods:
            known = self.sources.setdefault(id(workload), {})
            for port in _open_ports(rule, workload):
                for other in others:
                    known.setdefault((id(other), port), (policy, peer))

    def _add_targets(self, pods: list[Workload], rule: Node, others: list[Workload]) -> None:
        reached = {(id(other), port) for other in others for port in _open_ports(rule, other)}
        for workload in pods:
            self.targets.setdefault(id(workload), set()).update(reached)

    def _peers(self, policy: Manifest, direction: Direction) -> Iterator[tuple[Node, Node, list[Workload]]]:
        """Yield the rules of a policy, each of their peers, and the workloads that it means."""
        for rule in items(policy.root, "spec", direction.lower()) if direction in directions(policy) else ():
            peers = items(rule, PEERS[direction])
            for peer in peers:
                yield rule, peer, self._workloads_of(policy, peer)
            if not peers:
                yield rule, rule, list(self.each.workloads)

    def _workloads_of(self, policy: Manifest, peer: Node) -> list[Workload]:
        block, pods = find(peer, "ipBlock"), find(peer, "podSelector")
        if block is not None:
            everything = text_of(block, "cidr") in ANYWHERE and not texts(block, "except")
            return list(self.each.workloads) if everything else []
        namespaces = self._near(find(peer, "namespaceSelector"), policy)
        if not namespaces:
            return []
        found = self.each.index.selected(pods) if pods is not None else self.each.workloads
        return [each for each in found if each.manifest.namespace in namespaces]

    def _near(self, selector: Node | None, policy: Manifest) -> set[str]:
        """Return the namespaces that a peer means: of all that there are, which are few; else the policy's own."""
        if selector is None:
            return {namespace for namespace in self._used if is_near(namespace, policy.namespace)}
        return {namespace for namespace in self._used if matches(selector, self._labels(namespace))}

    def _labels(self, namespace: str) -> dict[str, str]:
        manifest = self._namespaces.get(namespace)
        labels = entries(manifest.get("metadata", "labels")) if manifest else {}
        return {NAMESPACE: namespace} | {name: node.text or "" for name, node in labels.items()}


def directions(policy: Manifest) -> tuple[Direction, ...]:
    """Return the directions that a policy restricts; ingress always, where it does not say."""
    types = texts(policy.root, "spec", "policyTypes")
    if not types:
        return ("Ingress", "Egress") if policy.get("spec", "egress") is not None else ("Ingress",)
    return tuple(direction for direction in PEERS if direction in types)


def selected(each: ManifestSet, policy: Manifest) -> list[Workload]:
    """Return the workloads that a policy is for."""
    found = each.index.selected(policy.get("spec", "podSelector"))
    return [workload for workload in found if is_near(workload.manifest.namespace, policy.namespace)]


def _open_ports(rule: Node, workload: Workload) -> list[str]:
    """Return the ports of a workload that a rule means."""
    ports = items(rule, "ports")
    if not ports:
        return list(workload.port_numbers)
    return [number for number in workload.port_numbers if any(_matches_port(port, number, workload) for port in ports)]


def _matches_port(port: Node, number: str, workload: Workload) -> bool:
    first, last = text_of(port, "port"), text_of(port, "endPort")
    if text_of(port, "protocol") not in ("", "TCP"):
        return False
    if last.isdecimal() and first.isdecimal() and number.isdecimal():
        return int(first) <= int(number) <= int(last)
    return first in ("", number) or workload.port_names.get(first) == number


def reachabilities(context: Context) -> tuple[Reachability, ...]:
    """Return what the policies of each set of `deploy/` allow; made once for all rules."""
    return context.once(_reachabilities)


def _reachabilities(context: Context) -> tuple[Reachability, ...]:
    return tuple(Reachability(each) for each in delivered_sets(context))
