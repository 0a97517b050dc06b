"""Compare four sources of who may call whom: the description, the gateway, the keyrings, a cluster's policies.

Separate code renders each from the description, and an edit may change a policy; so the results are compared, pair by
pair. Rejected: a comparison only in tests, which does not cover edits of a user.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stead.gateway.bootstrap import bootstrap, to_json
from stead.gateway.deployment import Deployment as GatewayDeployment
from stead.gateway.deployment import Socket
from stead.model import Backend, Gateway
from stead.model import wiring as symbol
from stead.render.edit import edited
from stead.render.gateway_deployment import FOLDER, LISTEN
from stead.render.kubernetes import objects_of
from stead.render.kubernetes.context import ClusterContext, contexts
from stead.render.kubernetes.core import LabelSelector, Manifest, PodTemplate, Service
from stead.render.kubernetes.policy import NetworkPolicy, NetworkPolicySpec, Peer
from stead.render.kubernetes.workload import CronJob, Deployment, Job

Pairs = frozenset[tuple[str, str]]


def disagreements(backend: Backend) -> Iterator[str]:
    """Yield each pair on which a part differs from the description, in each environment that runs in a cluster."""
    for context in contexts(backend):
        name, declared = context.environment.name, context.permitted
        manifests = [edited(backend, each) for each in objects_of(context).values()]
        yield from _differences(f"{name}: the network policies", declared, Network.of(manifests).pairs())
        yield from _differences(f"{name}: the keyrings", declared - _without_operations(backend), _keyrings(context))
        if backend.gateway:
            fronts = {(backend.gateway.name, each.name) for each in backend.gateway.fronts}
            yield from _differences(f"{name}: the gateway", declared & fronts, _routed(context, backend.gateway))


def _differences(part: str, declared: Pairs, found: Pairs) -> Iterator[str]:
    for caller, callee in sorted(found - declared):
        yield f"{part}: {caller} can reach {callee}, but the description has no such call"
    for caller, callee in sorted(declared - found):
        yield f"{part}: {caller} cannot reach {callee}, but the description has the call"


def _without_operations(backend: Backend) -> Pairs:
    """Calls for which no key is needed: nothing in particular may be done there."""
    return frozenset((edge.caller.name, edge.callee.name) for edge in backend.edges() if not edge.call.operations)


def _keyrings(context: ClusterContext) -> Pairs:
    found = set()
    for process, wires in context.described.wires.items():
        for wire in wires:
            if isinstance(wire.value, symbol.Keyring):
                found |= {(caller, process) for caller, _ in wire.value.callers}
    return frozenset(found)


def _routed(context: ClusterContext, gateway: Gateway) -> Pairs:
    """Return the services that a route of Envoy's configuration names."""
    services = {service.name: Socket(service.name, LISTEN) for service in context.described.services}
    deployment = GatewayDeployment(
        environment=context.environment.name,
        version=context.release.version,
        listen=Socket("127.0.0.1", LISTEN),
        upstreams=services,
        folder=FOLDER,
        values=context.cluster.values,
    )
    configuration = json.loads(to_json(bootstrap(context.backend, deployment)))
    return frozenset((gateway.name, name) for name in _clusters(configuration) if name in services)


def _clusters(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        route = value.get("route")
        if isinstance(route, dict) and "cluster" in route:
            yield route["cluster"].partition(" ")[0]  # a service's gRPC has a cluster of its own
        for inner in value.values():
            yield from _clusters(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _clusters(inner)


@dataclass(frozen=True, slots=True)
class Network:
    """The Pods of one namespace by their labels, the ports of Services, and the policies."""

    pods: dict[str, PodTemplate]
    ports: dict[str, int]
    policies: tuple[NetworkPolicySpec, ...]

    @classmethod
    def of(cls, manifests: Iterable[Manifest]) -> "Network":
        pods, ports, policies = {}, {}, []
        for each in manifests:
            match each:
                case Deployment() | Job():
                    pods[each.metadata.name] = each.spec.template
                case CronJob():
                    pods[each.metadata.name] = each.spec.job_template.spec.template
                case Service():
                    ports[each.metadata.name] = each.spec.ports[0].port
                case NetworkPolicy():
                    policies.append(each.spec)
        return cls(pods, ports, tuple(policies))

    def pairs(self) -> Pairs:
        """Try all pairs: a connection needs a rule of egress at one end, and one of ingress at the other."""
        return frozenset(
            (caller, callee)
            for caller in self.pods
            for callee, port in self.ports.items()
            if caller != callee and self._leaves(caller, callee, port) and self._enters(caller, callee, port)
        )

    def _leaves(self, caller: str, callee: str, port: int) -> bool:
        chosen = self._of(caller, "Egress")
        rules = [rule for policy in chosen for rule in policy.egress]
        return not chosen or any(
            self._means(rule.to, callee) and port in (each.port for each in rule.ports) for rule in rules
        )

    def _enters(self, caller: str, callee: str, port: int) -> bool:
        chosen = self._of(callee, "Ingress")
        rules = [rule for policy in chosen for rule in policy.ingress]
        return not chosen or any(
            self._means(rule.from_, caller) and port in (each.port for each in rule.ports) for rule in rules
        )

    def _of(self, pod: str, way: str) -> list[NetworkPolicySpec]:
        return [each for each in self.policies if way in each.policy_types and self._is(each.pod_selector, pod)]

    def _means(self, peers: tuple[Peer, ...], pod: str) -> bool:
        """Return whether a peer is a Pod of the backend's namespace; no peer at all means every source."""
        own = [each for each in peers if each.ip_block is None and each.namespace_selector is None]
        return not peers or any(self._is(each.pod_selector or LabelSelector(), pod) for each in own)

    def _is(self, selector: LabelSelector, pod: str) -> bool:
        return selector.match_labels.items() <= self.pods[pod].metadata.labels.items() if pod in self.pods else False
