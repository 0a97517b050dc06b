"""NetworkPolicies: each Pod may reach its declared callees, its servers and DNS; only declared callers may reach it."""

from collections.abc import Iterator

from stead.model import AnyService, Gateway, Job, Process, Service
from stead.model.kubernetes import Server, Vault
from stead.model.wiring import url_setting
from stead.render.context import server_of
from stead.render.docker.image_kind import PORT
from stead.render.gateway_deployment import LISTEN
from stead.render.kubernetes.context import ClusterContext, component_of, fetches_keys
from stead.render.kubernetes.core import LabelSelector
from stead.render.kubernetes.policy import (
    EgressRule,
    IngressRule,
    IpBlock,
    NetworkPolicy,
    NetworkPolicySpec,
    Peer,
    PolicyPort,
)

NAMESPACE = "kubernetes.io/metadata.name"
DNS = EgressRule(
    to=(
        Peer(
            namespace_selector=LabelSelector(match_labels={NAMESPACE: "kube-system"}),
            pod_selector=LabelSelector(match_labels={"k8s-app": "kube-dns"}),
        ),
    ),
    ports=(PolicyPort(port=53, protocol="UDP"), PolicyPort(port=53)),
)
# Ranges without public addresses: RFC 1918, 6598, 3927 and the loopback.
PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
EVERYWHERE = "0.0.0.0/0"
HTTPS = Server(443, cidr=EVERYWHERE)


def default_deny(context: ClusterContext) -> NetworkPolicy:
    """Return the default-deny policy of all Pods of the backend; the others allow declared connections."""
    name = f"{context.backend.name}-default-deny"
    return NetworkPolicy(
        metadata=context.metadata(name, "policy"),
        spec=NetworkPolicySpec(pod_selector=LabelSelector(match_labels=context.everything)),
    )


def policy(context: ClusterContext, process: Process) -> NetworkPolicy:
    """Return the policy of a process."""
    component = component_of(process)
    return NetworkPolicy(
        metadata=context.metadata(process.name, component),
        spec=NetworkPolicySpec(
            pod_selector=LabelSelector(match_labels=context.selector(process.name, component)),
            ingress=tuple(_ingress(context, process)),
            egress=(DNS, *_egress(context, process)),
        ),
    )


def of_job(
    context: ClusterContext, name: str, servers: tuple[Server, ...], others: tuple[EgressRule, ...] = ()
) -> NetworkPolicy:
    """Return the policy of a Job of Stead: egress to these servers, no ingress."""
    return NetworkPolicy(
        metadata=context.metadata(name, "job"),
        spec=NetworkPolicySpec(
            pod_selector=LabelSelector(match_labels=context.selector(name, "job")),
            egress=(DNS, *(to(server) for server in servers), *others),
        ),
    )


def _ingress(context: ClusterContext, process: Process) -> Iterator[IngressRule]:
    if isinstance(process, Gateway):
        yield IngressRule(from_=(_namespace(context.cluster.entry),), ports=(PolicyPort(port=LISTEN),))
        return
    callers = context.callers.get(process.name, ())
    if callers:
        peers = tuple(_pods(context, name) for name in callers)
        yield IngressRule(from_=peers, ports=(PolicyPort(port=PORT),))
    if isinstance(process, Service) and not process.is_worker and context.cluster.monitoring:
        yield IngressRule(from_=(_namespace(context.cluster.monitoring),), ports=(PolicyPort(port=PORT),))


def _egress(context: ClusterContext, process: Process) -> Iterator[EgressRule]:
    callees = context.callees.get(process.name, ())
    if callees:
        yield EgressRule(to=tuple(_pods(context, name) for name in callees), ports=(PolicyPort(port=PORT),))
    for server in servers_of(context, process):
        yield to(server)


def servers_of(context: ClusterContext, process: Process) -> Iterator[Server]:
    """Yield the egress of a process outside of the backend."""
    cluster = context.cluster
    if isinstance(cluster.secrets, Vault):
        yield cluster.secrets.server
    if isinstance(process, Gateway):
        yield from (HTTPS,) if fetches_keys(process) else ()
        return
    yield from (cluster.servers[kind] for kind in servers_needed(context, process) if kind in cluster.servers)
    if isinstance(process, Service):
        yield from cluster.egress.get(process, ())


def servers_needed(context: ClusterContext, process: Process) -> list[str]:
    """Return the kinds of servers that a process needs, and the names of its external servers."""
    if isinstance(process, Gateway):
        return []
    needed = {server_of(resource) for resource in process.resources} | {each.name for each in process.externals}
    return sorted(needed.union(_callees_elsewhere(context, process)))


def _callees_elsewhere(context: ClusterContext, process: AnyService | Job) -> Iterator[str]:
    """Yield the callees that are left out of the environment, and whose address there is given."""
    if isinstance(process, Service) and process in context.cluster.egress:
        return  # whose own policy says where they are
    for edge in context.backend.edges_of(process):
        left_out = edge.callee in context.environment.without
        if left_out and url_setting(process, edge.callee).name in context.cluster.values:
            yield edge.callee.name


def database_servers(context: ClusterContext) -> tuple[Server, ...]:
    """Return the egress of the Job that creates databases."""
    cluster = context.cluster
    vault = (cluster.secrets.server,) if isinstance(cluster.secrets, Vault) else ()
    return (*vault, *(cluster.servers[kind] for kind in ("postgres",) if kind in cluster.servers))


def api_server(context: ClusterContext) -> EgressRule:
    """Return the rule that lets out to the API server; which address it has is not known before there is a cluster."""
    if context.cluster.api_server:
        return to(context.cluster.api_server)
    anywhere = Peer(ip_block=IpBlock(cidr=EVERYWHERE))
    return EgressRule(to=(anywhere,), ports=(PolicyPort(port=443), PolicyPort(port=6443)))


def to(server: Server) -> EgressRule:
    """Return the rule that lets out to a server."""
    return EgressRule(to=(_peer(server),), ports=(PolicyPort(port=server.port),))


def _peer(server: Server) -> Peer:
    if server.cidr:
        return Peer(ip_block=IpBlock(cidr=server.cidr, except_=PRIVATE if server.cidr == EVERYWHERE else ()))
    pods = LabelSelector(match_labels=server.labels) if server.labels else None
    return Peer(namespace_selector=_by_name(server.namespace), pod_selector=pods)


def _namespace(name: str) -> Peer:
    return Peer(namespace_selector=_by_name(name))


def _by_name(namespace: str) -> LabelSelector:
    return LabelSelector(match_labels={NAMESPACE: namespace})


def _pods(context: ClusterContext, name: str) -> Peer:
    return Peer(pod_selector=LabelSelector(match_labels=context.selector(name, context.components[name])))
