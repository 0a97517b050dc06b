"""The rules of a description's clusters: invalid names, and unreachable addresses."""

import ipaddress
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.dns_label import is_label
from stead.model.environment import Environment
from stead.model.job import Job
from stead.model.kubernetes import ExternalSecrets, Kubernetes, Server, Vault
from stead.model.problem import Problem
from stead.model.service import AnyService
from stead.model.wiring import PRIVATE_KEY, Supplied, Wire, url_setting, wires

LONGEST = 63  # of a label's value, and of a name that becomes one
PORTS = range(1, 65_536)
Placed = tuple[Environment, Kubernetes]


def _clusters(backend: Backend) -> Iterator[Placed]:
    for environment in backend.environments:
        if environment.kubernetes:
            yield environment, environment.kubernetes


def namespaces_are_apart(backend: Backend) -> Iterator[Problem]:
    """Each environment has a namespace of its own, whose name and whose objects' labels are short enough."""
    first_with: dict[str, Environment] = {}
    for environment, cluster in _clusters(backend):
        if not is_label(cluster.namespace):
            mend = "use lower-case letters, digits and hyphens, 63 at most, a letter first"
            yield Problem("KUBERNETES001", f"{cluster.namespace!r} is not a namespace", cluster.where, mend)
        elif first_with.setdefault(cluster.namespace, environment) is not environment:
            message = f"{environment.name} and {first_with[cluster.namespace].name} are both in {cluster.namespace}"
            yield Problem("KUBERNETES001", message, cluster.where, "give each its own namespace")
        instance = f"{backend.name}-{environment.name}"
        if len(instance) > LONGEST:
            message = f"{instance} is a label of every object, and has {len(instance)} characters"
            yield Problem("KUBERNETES002", message, environment.where, "shorten one of the two names: 63 together")


def autoscalers_have_room(backend: Backend) -> Iterator[Problem]:
    """An autoscaler has two replicas at least, and room above; it is of a service that runs there."""
    for environment, cluster in _clusters(backend):
        scales = [*((each.name, scale) for each, scale in cluster.autoscale.items())]
        if cluster.gateway_autoscale and backend.gateway:
            scales.append((backend.gateway.name, cluster.gateway_autoscale))
        for name, scale in scales:
            if not 2 <= scale.minimum <= scale.maximum or not 1 <= scale.cpu <= 100:
                message = f"{name} scales from {scale.minimum!r} to {scale.maximum!r} at {scale.cpu!r} % of its CPU"
                mend = "write 2 ≤ minimum ≤ maximum, and cpu from 1 to 100"
                yield Problem("KUBERNETES003", message, scale.where, mend)
        for service in (*cluster.autoscale, *cluster.egress):
            if not any(service is each for each in backend.services) or service in environment.without:
                message = f"{service.name} does not run in {environment.name}"
                yield Problem(
                    "KUBERNETES004", message, cluster.where, "remove the entry, or remove the service from without"
                )


def servers_have_a_place(backend: Backend) -> Iterator[Problem]:
    """A server is in a namespace of the cluster or at an address, and listens on a port."""
    for _, cluster in _clusters(backend):
        vault = [cluster.secrets.server] if isinstance(cluster.secrets, Vault) else []
        api = [cluster.api_server] if cluster.api_server else []
        outside = [server for servers in cluster.egress.values() for server in servers]
        for server in (*cluster.servers.values(), *outside, *vault, *api):
            yield from _server_problems(server)


def _server_problems(server: Server) -> Iterator[Problem]:
    if bool(server.namespace) == bool(server.cidr):
        given = "a namespace and addresses" if server.cidr else "neither a namespace nor addresses"
        mend = "set namespace='…' if its Pods are in the cluster, or cidr='10.0.0.5/32'"
        yield Problem("KUBERNETES005", f"the server at {server.port} has {given}", server.where, mend)
    if server.cidr and not _is_network(server.cidr):
        message = f"{server.cidr!r} is not a network"
        yield Problem("KUBERNETES005", message, server.where, "write it as 10.0.0.5/32, without bits set for hosts")
    if not isinstance(server.port, int) or server.port not in PORTS:
        yield Problem("KUBERNETES005", f"{server.port!r} is not a port", server.where, "write a number from 1 to 65535")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return "/" in text


def hosts_are_led_somewhere(backend: Backend) -> Iterator[Problem]:
    """A host has an existing Gateway, or a class to create one; and the backend has a gateway."""
    for environment, cluster in _clusters(backend):
        if cluster.host and not (cluster.gateway or cluster.gateway_class):
            message = f"{environment.name} has the host {cluster.host}, but no Gateway for it"
            mend = "set gateway='namespace/name' of an existing Gateway, or gateway_class='…' to create one"
            yield Problem("KUBERNETES006", message, cluster.where, mend)
        if cluster.host and not backend.gateway:
            message = f"{cluster.host} needs a gateway, and the backend has none"
            yield Problem("KUBERNETES006", message, cluster.where, "give the backend a gateway, or leave out host")
        if cluster.gateway and cluster.gateway_class:
            message = "both an existing Gateway and the class of a new one are given"
            yield Problem("KUBERNETES006", message, cluster.where, "set only one of gateway and gateway_class")
        if cluster.tls and not cluster.gateway_class:
            message = "the certificate belongs to the Gateway, which this backend does not create"
            yield Problem("KUBERNETES006", message, cluster.where, "remove tls, or set gateway_class instead")


def documents_are_found(backend: Backend) -> Iterator[Problem]:
    """A path in a secret store has no prefix of Vault's API, and a setting is in one document."""
    for _, cluster in _clusters(backend):
        source = cluster.secrets
        if isinstance(source, ExternalSecrets):
            yield from _path_problems(source.path, source)
        if not isinstance(source, Vault):
            continue
        for path in (source.path, *source.documents, *((source.registry,) if source.registry else ())):
            yield from _path_problems(path, source)
        if source.registry and not cluster.pull_secret:
            message = "the registry's credentials are in Vault, but there is no pull secret to copy them to"
            yield Problem("KUBERNETES008", message, source.where, "set Kubernetes(…, pull_secret='…')")
        yield from _document_problems(backend, source)


def _path_problems(path: str, source: Vault | ExternalSecrets) -> Iterator[Problem]:
    if not path or path.startswith("/") or path.endswith("/") or "//" in path:
        message = f"{path!r} is not a path of documents"
        yield Problem("KUBERNETES007", message, source.where, "write it as shop/prod, without a slash at either end")
    elif isinstance(source, Vault) and path.split("/")[0] in ("data", "v1", source.mount):
        message = f"{path!r} begins with the prefix of Vault's API"
        mend = "remove it: mount='kv', path='shop/prod' means kv/data/shop/prod"
        yield Problem("KUBERNETES007", message, source.where, mend)


def _document_problems(backend: Backend, source: Vault) -> Iterator[Problem]:
    known = {setting.name for process in backend.processes for setting in process.declared}
    needing: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
    known |= {external.setting for process in needing for external in process.externals}
    known |= {name for process in needing for resource in process.resources for name, _ in resource.forms}
    known |= {PRIVATE_KEY.name, "SERVICE_JWT_KEYS", "ADMIN_URL"}
    own = {f"backend/{process.name}": process.name for process in backend.processes}
    first_with: dict[str, str] = {}
    for document, settings in source.documents.items():
        if document in own:
            message = f"{document} is the document of {own[document]} only, but is named for several processes"
            mend = "choose a name that is not a process: backend/common"
            yield Problem("KUBERNETES009", message, source.where, mend)
        for setting in settings:
            if setting == PRIVATE_KEY.name:
                message = f"every reader of {document} would get {setting} of each process"
                yield Problem("KUBERNETES009", message, source.where, f"remove {setting}: each process has its own")
            if setting not in known:
                message = f"no process has the setting {setting} of {document}"
                yield Problem("KUBERNETES009", message, source.where, "fix its name, or remove it")
            elif first_with.setdefault(setting, document) != document:
                message = f"{setting} is in {first_with[setting]} and in {document}"
                yield Problem("KUBERNETES009", message, source.where, "name it once")


def values_are_read(backend: Backend) -> Iterator[Problem]:
    """`values` sets declared settings of processes, and no secrets."""
    for environment, cluster in _clusters(backend):
        told = [wire for process in backend.processes for wire in wires(backend, process, environment)]
        read = {wire.setting.name for wire in told if isinstance(wire.value, Supplied) and not wire.setting.secret}
        read |= {
            url_setting(edge.caller, edge.callee).name for edge in backend.edges() if edge.callee in environment.without
        }
        others = {wire.setting.name: wire for wire in told}
        for name in sorted(cluster.values.keys() - read):
            message, mend = _unread(name, others.get(name))
            yield Problem("KUBERNETES102", f"{message} in {environment.name}", cluster.where, mend)


def _unread(name: str, wire: Wire | None) -> tuple[str, str]:
    """Return why a value has no effect, and the remedy."""
    if wire is None:
        return f"no process has the setting {name} of values", "fix its name, or remove it"
    if wire.setting.secret:
        return f"{name} is a secret, and values is written into manifests", "remove it: `secrets` determines its source"
    return f"{name} has a value already ({wire.reason}), and values gives another", "give it in one place"


RULES = (
    namespaces_are_apart,
    autoscalers_have_room,
    servers_have_a_place,
    hosts_are_led_somewhere,
    documents_are_found,
    values_are_read,
)
