"""Manifest sets: objects that are applied together, so that one may name another.

Below `deploy/kubernetes/` each environment's folder is one set; another folder of `deploy/` is one, and so is each
folder at the top of the repository. What hardens a cluster, and what must be complete, is asked of `deploy/` only: a
team's example beside its code may be for a laptop, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stead.check.compose.stack import is_delivered
from stead.check.context import Context
from stead.check.kubernetes.manifest import Manifest, is_filled_in, manifests
from stead.check.kubernetes.selector import Index
from stead.check.kubernetes.workload import Workload, workload
from stead.model import Environment
from stead.render.kubernetes.context import FOLDER


@dataclass(frozen=True, eq=False)
class ManifestSet:
    """Objects that are applied together.

    delivered    whether they stand in `deploy/`
    environment  whose they are, where the folder is named after one that runs in a cluster
    """

    manifests: tuple[Manifest, ...]
    delivered: bool
    environment: Environment | None = None

    @cached_property
    def _by_kind(self) -> dict[str, list[Manifest]]:
        found: dict[str, list[Manifest]] = {}
        for manifest in self.manifests:
            found.setdefault(manifest.kind, []).append(manifest)
        return found

    def of(self, *kinds: str) -> Iterator[Manifest]:
        """Yield the objects of some kinds."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        return tuple(found for manifest in self.manifests if (found := workload(manifest)))

    @cached_property
    def index(self) -> Index:
        return Index(self.workloads)

    @cached_property
    def complete(self) -> bool:
        """Return whether what is missing here is missing: no kustomization and no template may add it."""
        return not any(manifest.partial or is_filled_in(manifest.name) for manifest in self.manifests)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[Manifest]]:
        found: dict[tuple[str, str], list[Manifest]] = {}
        for manifest in self.manifests:
            found.setdefault((manifest.kind, manifest.name), []).append(manifest)
        return found

    @cached_property
    def _runs(self) -> dict[int, Workload]:
        return {id(workload.manifest): workload for workload in self.workloads}

    def workload(self, kind: str, name: str, namespace: str = "") -> Workload | None:
        """Return what runs Pods, by its kind and name."""
        manifest = self.named(kind, name, namespace)
        return self._runs.get(id(manifest)) if manifest else None

    def named(self, kind: str, name: str, namespace: str = "") -> Manifest | None:
        """Return an object by its kind and name; None where it is in another namespace only."""
        found = self._by_name.get((kind, name), [])
        return next((each for each in found if is_near(each.namespace, namespace)), None)


def is_near(one: str, other: str) -> bool:
    """Return whether two namespaces may be one: an empty one is chosen by anyone who applies the file."""
    return one == other or not one or not other


def manifest_sets(context: Context) -> tuple[ManifestSet, ...]:
    """Return all sets, made once for all rules."""
    return context.once(_sets)


def delivered_sets(context: Context) -> Iterator[ManifestSet]:
    return (each for each in manifest_sets(context) if each.delivered)


def workloads(context: Context) -> Iterator[Workload]:
    """Yield what runs Pods, anywhere in the tree."""
    for each in manifest_sets(context):
        yield from each.workloads


def workloads_beside_the_system(context: Context) -> Iterator[Workload]:
    """Yield what runs Pods, but for the DaemonSets outside of `deploy/`: these may be there for their nodes."""
    for each in manifest_sets(context):
        yield from (found for found in each.workloads if each.delivered or found.kind != "DaemonSet")


def delivered_workloads(context: Context) -> Iterator[Workload]:
    for each in delivered_sets(context):
        yield from each.workloads


def _sets(context: Context) -> tuple[ManifestSet, ...]:
    environments = {each.name: each for each in context.backend.environments} if context.backend else {}
    found: dict[tuple[str, ...], list[Manifest]] = {}
    for manifest in manifests(context):
        found.setdefault(_folder(context, manifest.file, environments), []).append(manifest)
    return tuple(
        ManifestSet(tuple(each), is_delivered(context, each[0].file), environments.get(key[-1]) if key[2:] else None)
        for key, each in found.items()
    )


def _folder(context: Context, file: Path, environments: dict[str, Environment]) -> tuple[str, ...]:
    """Return the folder, relative to the backend.py, whose files are applied together."""
    parts = file.relative_to(context.root).parts[:-1]
    if not is_delivered(context, file):
        return parts[:1]
    return parts[:3] if parts[1:2] == (FOLDER,) and parts[2:3] and parts[2] in environments else parts[:2]
