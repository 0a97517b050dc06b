"""Network policies: each Pod is in one, none lets everybody in, and each lets out what a program cannot do without."""

from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import find, items, text_of, texts
from stead.check.kubernetes.manifest_set import delivered_sets
from stead.check.kubernetes.reachability import ANYWHERE, PEERS, Direction, reachabilities, selected
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

DNS = 53
DENY = "add a NetworkPolicy with policyTypes: [Ingress, Egress] that selects it"
WORDS: dict[Direction, str] = {
    "Ingress": "every Pod in the cluster can reach",
    "Egress": "nothing limits the outgoing connections of",
}


@rule("KUBERNETES064")
def pods_have_a_policy(context: Context) -> Iterator[Problem]:
    """In `deploy/`, network policies select each Pod, for ingress and egress.

    A Pod without a policy is reachable from every other Pod of the cluster, also of other teams, and can reach every
    address: the network does not enforce the boundaries of the description. Add a policy that refuses everything, and
    one for each call that is declared.
    """
    for reach in reachabilities(context):
        for workload in reach.each.workloads if reach.each.complete else ():
            for direction, words in WORDS.items():
                if reach.is_open(workload, direction):
                    yield Problem("KUBERNETES064", f"{words} {workload.name}", workload.manifest.place, DENY)


@rule("KUBERNETES065")
def policies_allow_dns(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a Pod with egress may use DNS.

    A policy on egress also blocks DNS: every name then fails to resolve after some seconds. Allow port 53, over UDP and
    TCP, to the Pods of the cluster's DNS.
    """
    for reach in reachabilities(context):
        for workload in reach.each.workloads:
            policies = reach.policies["Egress"].get(id(workload), [])
            rules = [(policy, rule) for policy in policies for rule in items(policy.root, "spec", "egress")]
            if rules and not any(_allows_dns(rule) for _, rule in rules):
                policy = rules[0][0]
                place = policy.at(find(policy.root, "spec", "egress") or policy.root)
                message = f"{workload.name} may call other services, and cannot reach the DNS"
                yield Problem(
                    "KUBERNETES065", message, place, "allow port 53 over UDP and TCP", workload.manifest.place
                )


def _allows_dns(rule: Node) -> bool:
    ports, peers = items(rule, "ports"), items(rule, "to")
    if not ports:
        return not peers or any(
            find(peer, name) is not None for peer in peers for name in ("namespaceSelector", "ipBlock")
        )
    return any(text_of(port, "protocol") == "UDP" and covers(port, DNS) for port in ports)


def covers(port: Node, number: int) -> bool:
    first, last = text_of(port, "port"), text_of(port, "endPort")
    if first.isdecimal() and last.isdecimal():
        return int(first) <= number <= int(last)
    return first in ("", str(number), "dns")


@rule("KUBERNETES066")
def policies_select_pods(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a network policy selects Pods that are applied with it.

    One that selects none causes no error, and protects nothing. Write the labels of the Pods' template.
    """
    for each in delivered_sets(context):
        for policy in each.of("NetworkPolicy") if each.complete and each.workloads else ():
            if not selected(each, policy):
                place = policy.at(policy.get("spec", "podSelector") or policy.root)
                message = f"{policy.name} selects no Pod"
                yield Problem("KUBERNETES066", message, place, "write the labels of the Pods' template")


@rule("KUBERNETES067")
def policies_name_who_is_allowed(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a network policy names its sources and destinations.

    A rule without `from`, an empty namespace selector and `0.0.0.0/0` admit every source, and policies are additive:
    one such policy cancels the others. Name the callers by their labels, and destinations outside by addresses and
    ports.
    """
    for each in delivered_sets(context):
        for policy in each.of("NetworkPolicy"):
            for direction, key in PEERS.items():
                for entry in items(policy.root, "spec", direction.lower()):
                    node = _open_peer(entry, key, direction)
                    if node is not None:
                        effect = "admits every source" if direction == "Ingress" else "allows every destination"
                        mend = f"name the peers in {key}"
                        yield Problem("KUBERNETES067", f"{policy.name} {effect}", policy.at(node), mend)


def _open_peer(rule: Node, key: str, direction: Direction) -> Node | None:
    """Return what of a rule means everybody; to everywhere at named ports is said, and allowed."""
    if direction == "Egress" and items(rule, "ports"):
        return None
    peers = items(rule, key)
    if not peers:
        return rule
    return next((peer for peer in peers if _matches_all(peer)), None)


def _matches_all(peer: Node) -> bool:
    namespaces, pods, block = (find(peer, name) for name in ("namespaceSelector", "podSelector", "ipBlock"))
    if block is not None:
        return text_of(block, "cidr") in ANYWHERE and not texts(block, "except")
    return namespaces is not None and _is_empty(namespaces) and (pods is None or _is_empty(pods))


def _is_empty(selector: Node) -> bool:
    return not selector.pairs


@rule("KUBERNETES068")
def policies_open_ports_that_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a network policy opens ports that its Pods have.

    A policy's port is the port of the container, not that of the Service: a rule for port 80 in front of a container
    that listens on 8000 refuses every call. Write the container's port, or its name.
    """
    for each in delivered_sets(context):
        for policy in each.of("NetworkPolicy"):
            pods = [workload for workload in selected(each, policy) if workload.port_numbers]
            for entry in items(policy.root, "spec", "ingress") if pods else ():
                for port in items(entry, "ports"):
                    node = find(port, "port")
                    if node is not None and not any(_has(workload, port) for workload in pods):
                        message = f"{policy.name} opens the port {node.text}, which its Pods do not have"
                        yield Problem("KUBERNETES068", message, policy.at(node), "write the port of the container")


def _has(workload: Workload, port: Node) -> bool:
    port_text = text_of(port, "port")
    numbers = [number for number in workload.port_numbers if number.isdecimal()]
    return port_text in workload.port_names or any(covers(port, int(number)) for number in numbers)


RULES = (
    pods_have_a_policy,
    policies_allow_dns,
    policies_select_pods,
    policies_name_who_is_allowed,
    policies_open_ports_that_are_there,
)
