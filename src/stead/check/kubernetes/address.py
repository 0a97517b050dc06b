"""Addresses: what one workload is reported another is where that one is reached."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, items, text_of
from stead.check.kubernetes.manifest_set import delivered_sets
from stead.check.kubernetes.workload import Workload
from stead.check.rule import rule
from stead.model import Problem

ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/]*@)?(?P<host>[a-z0-9-]+)(?::(?P<port>\d+))?(?:[/?#]|$)")
PORTS = {"http": "80", "https": "443"}
CALLEE = "_SERVICE_URL"  # what Stead calls the address of a callee
LOCAL = "localhost"


@rule("KUBERNETES099")
def addresses_are_of_services(context: Context) -> Iterator[Problem]:
    """In `deploy/`, an address in a workload's settings has a port of the named Service.

    A name without dots is a Service of the same namespace. A connection to another port is refused, and a callee's
    address (`…_SERVICE_URL`) without a Service does not resolve: the caller becomes ready, and fails at its first call.
    Write the Service's name and its port, which may differ from the container's.
    """
    for each in delivered_sets(context):
        for workload in each.workloads if each.complete else ():
            for variable, node, scheme, host, port in _addresses(workload):
                service = each.named("Service", host, workload.manifest.namespace)
                if service is None and variable.endswith(CALLEE) and host != LOCAL:
                    message = f"{variable} of {workload.name} names {host}, and there is no such Service"
                    yield Problem("KUBERNETES099", message, workload.manifest.at(node), "fix the name")
                elif service and not _has_port(service, port or PORTS.get(scheme, "")):
                    message = f"{variable} of {workload.name} leads to {host} at a port that it does not have"
                    mend = f"write a port of the Service, such as {_first_port(service)}"
                    yield Problem("KUBERNETES099", message, workload.manifest.at(node), mend, service.place)


def _addresses(workload: Workload) -> Iterator[tuple[str, Node, str, str, str]]:
    """Yield the variables of a workload that hold an address in its own namespace."""
    for container in workload.containers:
        for variable in items(container.node, "env"):
            node = find(variable, "value")
            found = ADDRESS.match(node.text or "") if node is not None else None
            if node is not None and found:
                yield text_of(variable, "name"), node, found["scheme"], found["host"], found["port"] or ""


def _has_port(service: Manifest, port: str) -> bool:
    ports = items(service.root, "spec", "ports")
    return not port or not ports or any(text_of(each, "port") == port for each in ports)


def _first_port(service: Manifest) -> str:
    return text_of(items(service.root, "spec", "ports")[0], "port")


RULES = (addresses_are_of_services,)
