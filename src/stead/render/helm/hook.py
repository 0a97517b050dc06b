"""Helm's annotations of objects, under `helm.sh/`, which only Helm reads.

A Job is immutable, and must run at its time: so the objects in a Job's folder are hooks. A Job before the services runs
before the install and before each upgrade, together with its account and its policy, since the release's objects do not
exist yet. Argo CD ignores these annotations.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from stead.render.kubernetes.argo import WAVE
from stead.render.kubernetes.core import Manifest, Namespace
from stead.render.kubernetes.process import SERVICES
from stead.render.kubernetes.workload import Job

M = TypeVar("M", bound=Manifest)
PREFIX = "helm.sh/"
HOOK, WEIGHT, DELETE = f"{PREFIX}hook", f"{PREFIX}hook-weight", f"{PREFIX}hook-delete-policy"
POLICY = f"{PREFIX}resource-policy"
BEFORE, AFTER = "pre-install,pre-upgrade", "post-install,post-upgrade"
FIRST = "-10"  # what a Job needs is made before every Job


def hooked(manifests: Mapping[str, Manifest]) -> dict[str, Manifest]:
    """Return the objects of an environment with what Helm has to know of them."""
    jobs = {_folder(path): each for path, each in manifests.items() if isinstance(each, Job)}
    return {path: _annotated(each, jobs.get(_folder(path))) for path, each in manifests.items()}


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _annotated(manifest: Manifest, job: Job | None) -> Manifest:
    if isinstance(manifest, Namespace):
        return annotated(manifest, {POLICY: "keep"})  # its objects stay after the release has ended
    if job is None:
        return manifest
    wave = job.metadata.annotations[WAVE]
    return annotated(
        manifest,
        {
            DELETE: "before-hook-creation",
            HOOK: BEFORE if int(wave) < int(SERVICES) else AFTER,
            WEIGHT: wave if manifest is job else FIRST,
        },
    )


def annotated(manifest: M, annotations: Mapping[str, str]) -> M:
    """Return an object with more annotations."""
    metadata = manifest.metadata
    return replace(manifest, metadata=replace(metadata, annotations={**metadata.annotations, **annotations}))
