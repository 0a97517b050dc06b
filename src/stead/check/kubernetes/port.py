"""Ports and volumes: what a container names is there, in a form that the API server takes."""

import re
from collections.abc import Iterator

from stead.check.context import Context
from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, find, is_filled_in, items, manifests, text_of
from stead.check.kubernetes.manifest_set import delivered_workloads, workloads
from stead.check.kubernetes.workload import volumes
from stead.check.rule import rule
from stead.model import Problem

PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,14}")  # of a container: RFC 6335
LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")  # of a Service


@rule("KUBERNETES027")
def ports_are_numbers_and_names(context: Context) -> Iterator[Problem]:
    """A port is a number without quotes, and the name of a container's port has at most 15 characters.

    The API server refuses `containerPort: "8080"`, and a name such as `metrics-endpoint`. `targetPort: "8080"` means a
    port of that name, which no Pod has. Write the number without quotes, and a name of lower-case letters, digits and
    hyphens.
    """
    for manifest, node, mend in _wrong_ports(context):
        message = f"{node.text} is not a valid port"
        yield Problem("KUBERNETES027", message, manifest.at(node), mend)


def _wrong_ports(context: Context) -> Iterator[tuple[Manifest, Node, str]]:
    for workload in workloads(context):
        for port in (port for container in workload.containers for port in container.ports):
            numbers = [find(port, "containerPort"), find(port, "hostPort")]
            yield from ((workload.manifest, *each) for each in _invalid_ports(numbers, find(port, "name"), PORT_NAME))
    for manifest in manifests(context):
        for port in items(manifest.root, "spec", "ports") if manifest.kind == "Service" else ():
            target = find(port, "targetPort")
            quoted = [target] if target is not None and (target.text or "").isdecimal() else []
            yield from (
                (manifest, *each) for each in _invalid_ports([find(port, "port"), *quoted], find(port, "name"), LABEL)
            )


def _invalid_ports(numbers: list[Node | None], name: Node | None, form: re.Pattern[str]) -> Iterator[tuple[Node, str]]:
    for node in numbers:
        if node is not None and node.text is not None and not is_filled_in(node.text) and not _is_number(node):
            yield node, "write a number from 1 to 65535, without quotes"
    if name is not None and name.text and not is_filled_in(name.text) and not form.fullmatch(name.text):
        most = 15 if form is PORT_NAME else 63
        yield name, f"use lower-case letters, digits and hyphens, {most} at most"


def _is_number(node: Node) -> bool:
    text = node.text or ""
    return node.plain and text.isdecimal() and 0 < int(text) < 65536


@rule("KUBERNETES028")
def mounted_volumes_are_there(context: Context) -> Iterator[Problem]:
    """A container mounts only volumes of its Pod.

    The API server refuses the object otherwise: `volumeMounts[0].name: Not found`. Add the volume, or remove the mount.
    """
    for workload in workloads(context):
        known = {name for name, _ in volumes(workload.spec)}
        known |= {
            text_of(each, "metadata", "name") for each in items(workload.manifest.root, "spec", "volumeClaimTemplates")
        }
        for container in workload.containers:
            for mount in items(container.node, "volumeMounts"):
                node = find(mount, "name")
                if node is not None and node.text not in known:
                    message = f"{container.name} mounts {node.text}, but its Pod has no such volume"
                    yield Problem("KUBERNETES028", message, workload.manifest.at(node), "add it to volumes")


@rule("KUBERNETES132")
def programs_listen_at_their_port(context: Context) -> Iterator[Problem]:
    """In `deploy/`, `PORT` of a container equals its port.

    The program listens on `PORT`; the probes, the Service and the network policies use the container's port. Otherwise
    it is never ready, and the rollout stops. Write one number in both.
    """
    for workload in delivered_workloads(context):
        for container in workload.running:
            numbers = [text_of(port, "containerPort") for port in container.ports]
            for variable in items(container.node, "env") if numbers else ():
                node = find(variable, "value") if text_of(variable, "name") == "PORT" else None
                if node is not None and (node.text or "").isdecimal() and node.text not in numbers:
                    message = f"{container.name} listens on {node.text}, but its port is {', '.join(numbers)}"
                    yield Problem("KUBERNETES132", message, workload.manifest.at(node), f"write {numbers[0]}")


RULES = (ports_are_numbers_and_names, mounted_volumes_are_there, programs_listen_at_their_port)
