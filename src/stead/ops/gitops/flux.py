"""Flux's objects for one environment: the repository, and what is applied of it, one wave after the other.

Flux knows no waves. So there is a Kustomization for each, of the same folder, which leaves out the objects of all other
waves, and waits for the one before. Rejected: one Kustomization for each process, whose list would be out of date with
each process that is added; and one for all, by which a job before the services runs beside them.

A Job cannot be changed, and is made again for each version. It stays when it has finished: one that its own time limit
removes would be made again, and run again, within minutes.
"""

from typing import Any

from stead.model import Backend, Environment
from stead.model.kubernetes import Gitops
from stead.render import yaml
from stead.render.docker.image_kind import inside
from stead.render.drift import FOLDER
from stead.render.kubernetes.argo import WAVE
from stead.render.kubernetes.process import SERVICES, WAVES
from stead.render.kubernetes.shared import DATABASES_WAVE

INTERVAL = "1m"
SOURCE = "source.toolkit.fluxcd.io/v1"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
FORCE = f"{KUSTOMIZE}/force"
LATER = (("databases", DATABASES_WAVE), ("before", WAVES["before"]), ("services", SERVICES), ("after", WAVES["after"]))
ANY = {"apiVersion": "v1", "kind": "Any", "metadata": {"name": "any"}}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "any", "annotations": {FORCE: "enabled"}},
    "spec": {"ttlSecondsAfterFinished": None},
}


def text(backend: Backend, environment: Environment, gitops: Gitops) -> str:
    """Return the file that is applied once: a Kustomization for each wave, and the GitRepository.

    The repository is the last: `flux build` and `flux diff` read the file up to the Kustomization that they are told.
    """
    name = f"{backend.name}-{environment.name}"
    path = "./" + inside(backend, f"{FOLDER}/kubernetes/{environment.name}")
    waves = ", ".join(wave for _, wave in LATER)
    found = [_kustomization(name, "first", path, f"{WAVE} in ({waves})")]
    earlier = "first"
    for step, wave in LATER:
        found.append(_kustomization(name, step, path, f"{WAVE} notin ({wave})", earlier))
        earlier = step
    return "---\n".join(map(yaml.written, [*found, _repository(name, gitops)]))


def _repository(name: str, gitops: Gitops) -> dict[str, Any]:
    return {
        "apiVersion": SOURCE,
        "kind": "GitRepository",
        "metadata": _metadata(name),
        "spec": {
            "interval": INTERVAL,
            "url": gitops.repository,
            "ref": {"branch": gitops.revision},
            "ignore": "*.app.yaml\n/**/argocd/\n/**/vault/*.hcl\n",
        },
    }


def _kustomization(name: str, step: str, path: str, others: str, earlier: str = "") -> dict[str, Any]:
    """Return what applies one wave: what is gone from the folder is removed."""
    return {
        "apiVersion": f"{KUSTOMIZE}/v1",
        "kind": "Kustomization",
        "metadata": _metadata(f"{name}-{step}"),
        "spec": {
            "interval": "10m",
            "retryInterval": INTERVAL,
            "timeout": "15m",
            "path": path,
            "prune": True,
            "wait": True,
            **({"dependsOn": [{"name": f"{name}-{earlier}"}]} if earlier else {}),
            "sourceRef": {"kind": "GitRepository", "name": name},
            "patches": [
                {"target": {"annotationSelector": others}, "patch": yaml.written({"$patch": "delete", **ANY})},
                {"target": {"kind": "Job"}, "patch": yaml.written(JOB)},
            ],
        },
    }


def _metadata(name: str) -> dict[str, str]:
    return {"name": name, "namespace": "flux-system"}
