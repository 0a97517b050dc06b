"""Backend → objects of Kubernetes: one folder for each process of each environment that runs in a cluster."""

from collections.abc import Iterator, Mapping

from stead.model import Backend
from stead.model.kubernetes import Vault
from stead.render import yaml
from stead.render.edit import edited
from stead.render.kubernetes import application, secret_page, shared, vault
from stead.render.kubernetes.argo import Application, AppProject
from stead.render.kubernetes.context import DATABASES, FOLDER, SHARED, ClusterContext, contexts
from stead.render.kubernetes.core import Manifest, Service, ServiceAccount
from stead.render.kubernetes.edge import ExternalSecret, Gateway, HttpRoute
from stead.render.kubernetes.policy import NetworkPolicy, Role, RoleBinding
from stead.render.kubernetes.problems import problems
from stead.render.kubernetes.process import objects
from stead.render.kubernetes.report import KEEPS
from stead.render.kubernetes.serialization import plain
from stead.render.kubernetes.workload import CronJob, Deployment, HorizontalPodAutoscaler, Job, PodDisruptionBudget

__all__ = [
    "EDITABLE",
    "FOLDER",
    "KEEPS",
    "MISSING",
    "Deployment",
    "files",
    "manifests",
    "objects_of",
    "problems",
    "runs_there",
]

MISSING = ("no environment runs in a cluster", "give an environment kubernetes=Kubernetes(…)")
EDITABLE = (
    Application, AppProject, CronJob, Deployment, ExternalSecret, Gateway, HorizontalPodAutoscaler, HttpRoute, Job,
    NetworkPolicy, PodDisruptionBudget, Role, RoleBinding, Service, ServiceAccount,
)  # fmt: skip
SHORT = {"HorizontalPodAutoscaler": "hpa", "PodDisruptionBudget": "pdb", "Application": "app"}


def runs_there(backend: Backend) -> bool:
    """Return whether an environment of the backend runs in a cluster."""
    return any(environment.kubernetes for environment in backend.environments)


def files(backend: Backend) -> Mapping[str, str]:
    """Return the manifests of every environment that runs in a cluster, by path below `deploy/`."""
    found: dict[str, str] = {}
    for context in contexts(backend):
        folder = f"{FOLDER}/{context.environment.name}"
        for path, manifest in manifests(context).items():
            found[f"{folder}/{path}"] = yaml.written(plain(edited(backend, manifest)))
        found |= {f"{folder}/{path}": text for path, text in _texts(context)}
    return found


def manifests(context: ClusterContext) -> dict[str, Manifest]:
    """Return the objects of one environment, by path below its folder."""
    return objects_of(context) | dict(_applications(context))


def objects_of(context: ClusterContext) -> dict[str, Manifest]:
    """Return what runs in one environment, without what Argo CD is reported it."""
    return {f"{folder}/{_file(manifest, context)}": manifest for folder, manifest in _objects(context)}


def _objects(context: ClusterContext) -> Iterator[tuple[str, Manifest]]:
    yield from ((SHARED, each) for each in shared.objects(context))
    if context.makes_databases:
        yield from ((DATABASES, each) for each in shared.databases(context))
    source = context.cluster.secrets
    if isinstance(source, Vault):
        yield from ((vault.ROLE_JOB, each) for each in shared.vault_role(context, source))
        if source.registry:
            yield from ((vault.REGISTRY_JOB, each) for each in shared.registry_secret(context, source))
    for process in context.described.processes:
        yield from ((process.name, each) for each in objects(context, process))


def _file(manifest: Manifest, context: ClusterContext) -> str:
    own = manifest.metadata.name
    name = context.backend.name if own == context.cluster.namespace else own
    return f"{name}.{SHORT.get(manifest.kind, manifest.kind.lower())}.yaml"


def _applications(context: ClusterContext) -> Iterator[tuple[str, Manifest]]:
    gitops = context.cluster.gitops
    if not gitops:
        return
    waves = {SHARED: "-2"}
    if context.makes_databases:
        waves[DATABASES] = "0"
    if isinstance(context.cluster.secrets, Vault):
        waves[vault.ROLE_JOB] = "-1"
        if context.cluster.secrets.registry:
            waves[vault.REGISTRY_JOB] = "-1"
    waves |= {process.name: application.wave_of(process) for process in context.described.processes}
    for name, wave in waves.items():
        yield f"{name}/{name}.{application.SUFFIX}", application.application(context, gitops, name, wave)
    folder, name = application.ARGO, context.backend.name
    yield f"{folder}/{name}.{application.SUFFIX}", application.parent(context, gitops)
    yield f"{folder}/{name}.appproject.yaml", application.project(context, gitops)


def _texts(context: ClusterContext) -> Iterator[tuple[str, str]]:
    yield secret_page.PAGE, secret_page.page(context)
    source = context.cluster.secrets
    if isinstance(source, Vault):
        yield "vault/admin.hcl", vault.admin_policy(context, source)
        for name, documents in vault.accounts(context, source).items():
            yield f"vault/{name}.hcl", vault.policy_text(documents)
