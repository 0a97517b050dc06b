"""The objects of a release in the order of application, each with its place in the description."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from stead.model import SourceLocation
from stead.render.edit import edited
from stead.render.kubernetes import objects_of
from stead.render.kubernetes.argo import WAVE
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.release import Release
from stead.render.kubernetes.serialization import plain

Object = dict[str, Any]
NAMESPACE = "Namespace"


@dataclass(frozen=True)
class Shipment:
    """A release's objects in one environment."""

    context: ClusterContext

    @cached_property
    def objects(self) -> tuple[Object, ...]:
        found = objects_of(self.context).values()
        return tuple(plain(edited(self.context.backend, each)) for each in found)

    @property
    def namespace(self) -> Iterator[Object]:
        return (each for each in self.objects if each["kind"] == NAMESPACE)

    def waves(self) -> list[tuple[int, list[Object]]]:
        """Return the objects by wave, in order; the Namespace is created before all of them."""
        return waves(self.objects)

    def of(self, release: Release) -> "Shipment":
        """Return another release of the same environment."""
        return Shipment(replace(self.context, shipped=release))

    def place(self, name: str) -> SourceLocation:
        """Return the place in the description from which an object is rendered."""
        processes = {process.name: process.where for process in self.context.described.processes}
        return processes.get(name, self.context.cluster.where)


def waves(objects: Iterable[Object]) -> list[tuple[int, list[Object]]]:
    """Return objects by wave, in order, without the Namespace."""
    found: dict[int, list[Object]] = {}
    for each in objects:
        if each["kind"] != NAMESPACE:
            wave = each["metadata"].get("annotations", {}).get(WAVE, "2")
            found.setdefault(int(wave), []).append(each)
    return sorted(found.items())


def names_of(objects: Iterable[Object]) -> frozenset[tuple[str, str]]:
    """Return the kind of each object, in small letters, and its name."""
    return frozenset((each["kind"].lower(), each["metadata"]["name"]) for each in objects)
