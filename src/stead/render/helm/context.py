"""The inputs of a chart: every environment that Helm installs, with its objects."""

from collections.abc import Iterator
from typing import Any

from stead.model import Backend
from stead.render.edit import edited
from stead.render.helm import smoke_job
from stead.render.helm.hook import hooked
from stead.render.helm.symbols import marked, symbolic
from stead.render.kubernetes import manifests
from stead.render.kubernetes.argo import GROUP
from stead.render.kubernetes.context import ClusterContext, contexts
from stead.render.kubernetes.core import Manifest
from stead.render.kubernetes.serialization import plain
from stead.render.problem import RenderError

FOLDER = "helm"
_OWN_NAME = "-stead-mark-environment"


def installed(backend: Backend) -> dict[str, ClusterContext]:
    """Return the environments that Helm installs, by name."""
    return {each.environment.name: each for each in contexts(backend) if each.cluster.helm}


def objects(context: ClusterContext) -> dict[str, Any]:
    """Return the objects of an environment as trees with symbols, by path below `templates/`.

    Argo CD's own objects are left out: a chart replaces the sync from this repository.
    """
    real, probes = list(_manifests(context)), list(_manifests(marked(context)))
    if len(real) != len(probes):
        return {path: plain(edited(context.backend, manifest)) for path, manifest in real}
    return {
        _path(probe[0]): _tree(context, manifest, probe[1]) for (_, manifest), probe in zip(real, probes, strict=True)
    }


def _manifests(context: ClusterContext) -> Iterator[tuple[str, Manifest]]:
    found = {
        path: manifest
        for path, manifest in manifests(context).items()
        if not manifest.api_version.startswith(f"{GROUP}/")
    }
    yield from hooked(found).items()
    yield from smoke_job.objects(context)


def _path(probe: str) -> str:
    return probe.replace(_OWN_NAME, "")


def _tree(context: ClusterContext, manifest: Manifest, probe: Manifest) -> Any:
    real = plain(edited(context.backend, manifest))
    try:
        return symbolic(context, real, plain(edited(context.backend, probe)))
    except RenderError:  # an edit that cannot process the marks: its object has values instead of symbols
        return real
