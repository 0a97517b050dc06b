"""Probes: Kubernetes can tell a container that is ready from one that must be restarted, and asks where it listens."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import find, is_filled_in, text_of
from stead.check.kubernetes.manifest_set import delivered_workloads, workloads
from stead.check.kubernetes.workload import Container, Workload
from stead.check.rule import rule
from stead.model import AnyService, Problem
from stead.model.health import METRICS, PATHS

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
WAYS = ("httpGet", "tcpSocket", "grpc")


def _serving(context: Context) -> Iterator[tuple[Workload, Container]]:
    """Yield the containers of `deploy/` that others reach: they have a port."""
    for workload in delivered_workloads(context):
        for container in workload.running if not workload.ends else ():
            if container.ports:
                yield workload, container


@rule("KUBERNETES045")
def containers_say_when_they_are_ready(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container that listens has a readiness probe.

    Without one it gets requests as soon as its process exists, and the rollout goes on to the next replica: each
    release causes errors for some seconds, and a broken version replaces all replicas. Request `/readyz`.
    """
    for _, container in _serving(context):
        if find(container.node, "readinessProbe") is None:
            message = f"{container.name} gets requests before it can answer them"
            yield Problem("KUBERNETES045", message, container.place, "add a readinessProbe")


@rule("KUBERNETES046", severity="warning")
def containers_say_when_they_hang(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a container that listens has a liveness probe.

    A hanging process is not restarted, and stays out of service. Request a path without dependencies: `/livez`.
    """
    for _, container in _serving(context):
        if find(container.node, "livenessProbe") is None:
            message = f"{container.name} is not restarted when it hangs"
            yield Problem("KUBERNETES046", message, container.place, "add a livenessProbe")


@rule("KUBERNETES047", severity="warning")
def liveness_is_not_readiness(context: Context) -> Iterator[Problem]:
    """In `deploy/`, the liveness probe differs from the readiness probe.

    Readiness depends on other servers. During an outage of the database, a liveness probe of the same path restarts
    every replica at once, without any benefit. Use `/livez` for liveness and `/readyz` for readiness.
    """
    for workload, container in _serving(context):
        live, ready = (_asked(container, name) for name in ("livenessProbe", "readinessProbe"))
        path = find(container.node, "livenessProbe", "httpGet", "path")
        if live and live == ready and path is not None:
            message = f"{container.name} is restarted whenever it is not ready"
            mend = "request a path without dependencies, such as /livez"
            yield Problem("KUBERNETES047", message, workload.manifest.at(path), mend)


def _asked(container: Container, name: str) -> tuple[str, str]:
    probe = find(container.node, name, "httpGet")
    return text_of(probe, "path"), text_of(probe, "port")


@rule("KUBERNETES048")
def probes_ask_where_something_listens(context: Context) -> Iterator[Problem]:
    """A probe requests a port that the container has.

    With another name the probe always fails: the container is restarted forever, or never ready. In `deploy/` a number
    is compared with the ports, too, if the Pod lists them. Write the name of the port.
    """
    delivered = set(map(id, (workload.manifest for workload in delivered_workloads(context))))
    for workload in workloads(context):
        for container in workload.containers:
            for node in _probed(container):
                if not _listens(workload, container, node.text or "", strict=id(workload.manifest) in delivered):
                    message = f"{container.name} is probed at the port {node.text}, which it does not have"
                    place = workload.manifest.at(node)
                    yield Problem("KUBERNETES048", message, place, "write the name of one of its ports")


def _probed(container: Container) -> Iterator[Node]:
    for name in PROBES:
        for way in WAYS:
            node = find(container.node, name, way, "port")
            if node is not None and node.text and not is_filled_in(node.text):
                yield node


def _listens(workload: Workload, container: Container, port: str, *, strict: bool) -> bool:
    """Return whether a port is known; a number may be that of another container of the Pod."""
    if not port.isdecimal():
        return any(text_of(each, "name") == port for each in container.ports)
    return not strict or not container.ports or port in workload.port_numbers


@rule("KUBERNETES131")
def probes_ask_paths_that_are_there(context: Context) -> Iterator[Problem]:
    """In `deploy/`, a probe requests a path that the program serves.

    A service with the health contract answers `/health`, `/version`, `/livez` and `/readyz`, and its routes. Any
    other path, unless its code names it, is answered with 404: the container is never ready, or restarted forever.
    Write `/readyz` for readiness, and `/livez` for liveness.
    """
    named = {service.name: service for service in context.services if service.health.contract}
    for workload, container in _serving(context):
        service = named.get(workload.name)
        for name in PROBES if service and container.name == workload.name else ():
            node = find(container.node, name, "httpGet", "path")
            if service and node is not None and not _answers(context, service, (node.text or "").partition("?")[0]):
                message = f"the {name} of {workload.name} requests {node.text}, which it does not serve"
                mend = f"write {'/readyz' if name == 'readinessProbe' else '/livez'}"
                yield Problem("KUBERNETES131", message, workload.manifest.at(node), mend)


def _answers(context: Context, service: AnyService, path: str) -> bool:
    """Return whether a service may answer a path; an image may answer any."""
    if path in (*PATHS, METRICS, service.health.path) or any(route.path == path for route in service.routes):
        return True
    sources = context.sources.get(service.name, ())
    whole = re.compile(rf"(?<![\w-]){re.escape(path)}(?![\w-])")  # `/ready` is not in `/readyz`
    return not sources or any(whole.search(context.tree.text(source) or "") for source in sources)


RULES = (
    containers_say_when_they_are_ready,
    containers_say_when_they_hang,
    liveness_is_not_readiness,
    probes_ask_where_something_listens,
    probes_ask_paths_that_are_there,
)
