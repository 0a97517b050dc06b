"""Peers of network policies: what is written is in force, and means those who were meant."""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, items, text_of, texts
from stead.check.kubernetes.manifest_set import ManifestSet, delivered_sets, manifest_sets
from stead.check.kubernetes.network import DNS, covers
from stead.check.kubernetes.reachability import NAMESPACE, PEERS, reachabilities
from stead.check.rule import rule
from stead.model import Problem

BUILT_IN = frozenset({"default", "kube-system", "kube-public"})
ALIKE = 0.8  # how alike two words are where one is a misspelling of the other
SHORTEST = 4  # characters that a word needs for the comparison
Term = tuple[Node, Node | None, Node | None]


@rule("KUBERNETES127")
def rules_are_in_force(context: Context) -> Iterator[Problem]:
    """A network policy with rules for a direction restricts that direction.

    Where `policyTypes` names only the other one, the rules have no effect: connections are possible as without a
    policy. Add the direction to `policyTypes`.
    """
    for each in manifest_sets(context):
        for policy in each.of("NetworkPolicy"):
            types = texts(policy.root, "spec", "policyTypes")
            for direction in PEERS if types else ():
                if direction not in types and items(policy.root, "spec", direction.lower()):
                    place = policy.at(policy.get("spec", "policyTypes") or policy.root)
                    message = f"{policy.name} has rules for {direction.lower()}, but does not restrict it"
                    yield Problem("KUBERNETES127", message, place, f"add {direction} to policyTypes")


def _terms(policy: Manifest) -> Iterator[tuple[Node, list[Term]]]:
    """Yield each rule's peers: each with its selectors of namespaces and of Pods."""
    for direction, key in PEERS.items():
        for entry in items(policy.root, "spec", direction.lower()):
            peers = items(entry, key)
            yield entry, [(peer, find(peer, "namespaceSelector"), find(peer, "podSelector")) for peer in peers]


@rule("KUBERNETES128")
def peers_are_one_item(context: Context) -> Iterator[Problem]:
    """In `deploy/`, Pods of another namespace are named in one item of a network policy, not in two.

    Two items mean "or": every Pod of that namespace, and the Pods of those labels in this one, of which there are none.
    The rule applies if no Pod of this folder has the labels. Write `podSelector` below the same `-` as
    `namespaceSelector`.
    """
    for each in delivered_sets(context):
        for policy in each.of("NetworkPolicy") if each.complete and each.workloads else ():
            for _, terms in _terms(policy):
                whole = any(namespaces is not None and pods is None for _, namespaces, pods in terms)
                alone = [pods for _, namespaces, pods in terms if namespaces is None and pods is not None]
                for pods in alone if whole else ():
                    if pods.pairs and not each.index.selected(pods):
                        message = (
                            f"{policy.name} means every Pod of the namespace, or Pods of this one that are not there"
                        )
                        mend = "write podSelector into the item of namespaceSelector"
                        yield Problem("KUBERNETES128", message, policy.at(pods), mend)


@rule("KUBERNETES129")
def namespaces_are_spelt_right(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a network policy selects a namespace by a correct label and name.

    Kubernetes labels each namespace with `kubernetes.io/metadata.name`. By another label, or by the name of a namespace
    that does not exist, no connection is admitted, without any message. The rule reports a label or a name that is
    similar to a known one: of a namespace in the folder, or in its other policies.
    """
    for each in delivered_sets(context):
        used = Counter(node.text or "" for _, key, node in _labels(each) if key == NAMESPACE)
        known = BUILT_IN | {manifest.namespace for manifest in each.manifests} - {""}
        known |= {manifest.name for manifest in each.of("Namespace")} | {
            name for name, count in used.items() if count > 1
        }
        for policy, key, node in _labels(each):
            name = node.text or ""
            if key != NAMESPACE and _is_slip(key, NAMESPACE):
                message = f"{policy.name} selects namespaces by {key}, which none has"
                yield Problem("KUBERNETES129", message, policy.at(node), f"write {NAMESPACE}")
            meant = next((other for other in sorted(known) if _is_slip(name, other)), "") if name not in known else ""
            if key == NAMESPACE and meant:
                message = f"{policy.name} selects the namespace {name}, which nothing else names"
                yield Problem("KUBERNETES129", message, policy.at(node), f"write {meant}")


def _labels(each: ManifestSet) -> Iterator[tuple[Manifest, str, Node]]:
    """Yield the labels of namespaces that the policies of a set ask for."""
    for policy in each.of("NetworkPolicy"):
        for _, terms in _terms(policy):
            for _, namespaces, _ in terms:
                yield from ((policy, key, node) for key, node in entries(find(namespaces, "matchLabels")).items())


def _is_slip(text: str, meant: str) -> bool:
    """Return whether one text is the other with a slip in one word: another number or a short ending is none."""
    words = [each.replace(".", "-").replace("/", "-").split("-") for each in (text, meant)]
    if len(words[0]) != len(words[1]):
        return False
    differing = [(one, other) for one, other in zip(*words, strict=True) if one != other]
    if len(differing) != 1:
        return text != meant and not differing
    one, other = differing[0]
    letters = one.isalpha() and other.isalpha() and min(len(one), len(other)) >= SHORTEST
    return letters and SequenceMatcher(None, one, other).ratio() >= ALIKE


@rule("KUBERNETES130", severity="warning")
def dns_is_allowed_over_tcp(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a network policy that allows DNS over UDP allows it over TCP as well.

    A response that is too long for a datagram is requested again over TCP: names with many addresses, such as a
    headless Service, fail then, and only these. Allow port 53 over both.
    """
    told: set[int] = set()
    for reach in reachabilities(context):
        for policies in reach.policies["Egress"].values():
            rules = [(policy, entry) for policy in policies for entry in items(policy.root, "spec", "egress")]
            if any(not items(entry, "ports") or _allows(entry, "TCP") for _, entry in rules):
                continue
            policy, found = next(
                ((policy, node) for policy, each in rules if (node := _allows(each, "UDP"))), (None, None)
            )
            if policy is not None and found is not None and id(found) not in told:
                told.add(id(found))
                message = f"{policy.name} allows DNS over UDP only"
                yield Problem("KUBERNETES130", message, policy.at(found), "allow port 53 over TCP too")


def _allows(entry: Node, protocol: str) -> Node | None:
    """Return the port by which a rule allows DNS over a protocol; in lower case, KUBERNETES103 tells of it."""
    ports = (port for port in items(entry, "ports") if (text_of(port, "protocol") or "TCP").upper() == protocol)
    return next((port for port in ports if covers(port, DNS)), None)


RULES = (rules_are_in_force, peers_are_one_item, namespaces_are_spelt_right, dns_is_allowed_over_tcp)
