"""Workloads: what runs Pods, whatever its kind; with the template of the Pods and their containers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stead.check.facts.node import Node
from stead.check.kubernetes.manifest import Manifest, entries, find, items, key_of, text_of
from stead.model import SourceLocation

TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
GROUPS = frozenset({"", "apps", "batch", "extensions"})
ENDING = frozenset({"Job", "CronJob"})
UNITS = {"": 1.0, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
UNITS |= {f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)}
QUANTITY = re.compile(r"(?P<number>[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)(?P<unit>[a-zA-Z]*)")


@dataclass(frozen=True, eq=False)
class Container:
    """A container of a Pod."""

    manifest: Manifest
    node: Node

    @property
    def name(self) -> str:
        return text_of(self.node, "name")

    @property
    def place(self) -> SourceLocation:
        return self.at()

    def at(self, *path: str) -> SourceLocation:
        """Return where the last key of a path that is there stands; the container's name, where none is."""
        return self.manifest.at(_last_key(self.node, path) or find(self.node, "name") or self.node)

    @cached_property
    def ports(self) -> list[Node]:
        return items(self.node, "ports")


@dataclass(frozen=True, eq=False)
class Workload:
    """An object that runs Pods."""

    manifest: Manifest
    template: Node
    spec: Node

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def kind(self) -> str:
        return self.manifest.kind

    @property
    def ends(self) -> bool:
        """Return whether its Pods end by themselves."""
        return self.kind in ENDING

    @cached_property
    def labels(self) -> dict[str, str]:
        return {name: value.text or "" for name, value in entries(find(self.template, "metadata", "labels")).items()}

    @cached_property
    def annotations(self) -> dict[str, Node]:
        return entries(find(self.template, "metadata", "annotations"))

    def annotation(self, name: str) -> str:
        node = self.annotations.get(name)
        return (node.text or "") if node is not None else ""

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """All containers, those that start the Pod first."""
        nodes = (*items(self.spec, "initContainers"), *items(self.spec, "containers"))
        return tuple(Container(self.manifest, node) for node in nodes if node.pairs)

    @cached_property
    def running(self) -> tuple[Container, ...]:
        """The containers that run as long as the Pod; an init container that is always restarted is one of them."""
        ending = {id(node) for node in items(self.spec, "initContainers") if text_of(node, "restartPolicy") != "Always"}
        return tuple(container for container in self.containers if id(container.node) not in ending)

    @cached_property
    def port_names(self) -> dict[str, str]:
        """The numbers of the named ports of the Pod."""
        ports = [port for container in self.containers for port in container.ports]
        return {text_of(port, "name"): text_of(port, "containerPort") for port in ports if text_of(port, "name")}

    @cached_property
    def port_numbers(self) -> frozenset[str]:
        ports = (port for container in self.containers for port in container.ports)
        return frozenset(text_of(port, "containerPort") for port in ports)

    @property
    def replicas(self) -> int | None:
        """How many it asks for; None where it does not say."""
        text = self.manifest.text("spec", "replicas")
        return int(text) if text.isdecimal() else None

    def at(self, *path: str) -> SourceLocation:
        """Return where the last key of a path in the Pod that is there stands; the object's name, where none is."""
        key = _last_key(self.spec, path)
        return self.manifest.at(key) if key is not None else self.manifest.place


def _last_key(node: Node | None, path: tuple[str, ...]) -> Node | None:
    """Return the last key of a path that is there."""
    found = None
    for name in path:
        key = key_of(node, name)
        if key is None:
            break
        found, node = key, find(node, name)
    return found


def workload(manifest: Manifest) -> Workload | None:
    """Return an object as what runs Pods; None for any other."""
    path = TEMPLATES.get(manifest.kind)
    if path is None or manifest.group not in GROUPS:
        return None
    template = find(manifest.root, *path)
    spec = find(template, "spec")
    return Workload(manifest, template, spec) if template is not None and spec is not None and spec.pairs else None


def quantity(text: str) -> float | None:
    """Return a resource quantity as a number (`250m`, `64Mi`); None where it is none."""
    found = QUANTITY.fullmatch(text)
    return float(found["number"]) * UNITS[found["unit"]] if found and found["unit"] in UNITS else None


def volumes(spec: Node) -> Iterator[tuple[str, Node]]:
    """Yield the volumes of a Pod with their names."""
    yield from ((text_of(volume, "name"), volume) for volume in items(spec, "volumes"))
