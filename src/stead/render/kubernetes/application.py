"""Argo CD: one Application per process, one for common objects, and a parent of all of them."""

from dataclasses import replace

from stead.model import Job, Process
from stead.model.kubernetes import Gitops
from stead.render.docker.image_kind import inside
from stead.render.kubernetes.argo import (
    FINALIZER,
    SYNC_OPTIONS,
    WAVE,
    Application,
    ApplicationSpec,
    AppProject,
    Destination,
    Directory,
    GroupKind,
    ProjectSpec,
    Source,
    SyncPolicy,
)
from stead.render.kubernetes.context import FOLDER, ClusterContext
from stead.render.kubernetes.core import Metadata
from stead.render.kubernetes.process import SERVICES, WAVES

SUFFIX = "app.yaml"
ARGO = "argocd"
# What the manifests are made of, and nothing else.
KINDS = (
    ("", "Service"),
    ("", "ServiceAccount"),
    ("apps", "Deployment"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("external-secrets.io", "ExternalSecret"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
)


def wave_of(process: Process) -> str:
    return WAVES[process.runs] if isinstance(process, Job) and not process.is_scheduled else SERVICES


def application(context: ClusterContext, gitops: Gitops, name: str, wave: str) -> Application:
    """Return the Application of one folder."""
    directory = Directory(recurse=False, exclude=f"*.{SUFFIX}")
    return _application(context, gitops, f"{context.instance}-{name}", name, directory, wave)


def parent(context: ClusterContext, gitops: Gitops) -> Application:
    """Return the Application that holds the others: the only one that a person applies.

    It does not respect ignored differences. Argo CD ignores each status, respects that by applying the status that it
    saw, and an Application's status is no subresource: a sync that has ended would be `Running` again, and while it is
    so, nothing is healed.
    """
    directory = Directory(recurse=True, include=f"*.{SUFFIX}", exclude=f"{ARGO}/*")
    holding = _application(context, gitops, context.instance, "", directory, "0")
    return replace(holding, spec=replace(holding.spec, sync_policy=SyncPolicy(sync_options=SYNC_OPTIONS)))


def _application(
    context: ClusterContext, gitops: Gitops, name: str, folder: str, directory: Directory, wave: str
) -> Application:
    own = inside(context.backend, f"deploy/{FOLDER}/{context.environment.name}/{folder}").rstrip("/")
    namespace = context.cluster.namespace if folder else gitops.namespace
    return Application(
        metadata=Metadata(
            name=name,
            namespace=gitops.namespace,
            labels={"app.kubernetes.io/part-of": context.backend.name},
            annotations={WAVE: wave},
            finalizers=(FINALIZER,),
        ),
        spec=ApplicationSpec(
            project=context.instance,
            source=Source(repo_url=gitops.repository, target_revision=gitops.revision, path=own, directory=directory),
            destination=Destination(server=gitops.server, namespace=namespace),
        ),
    )


def project(context: ClusterContext, gitops: Gitops) -> AppProject:
    """Return the project: this repository, this namespace, these kinds."""
    kinds = (*KINDS, ("argoproj.io", "Application"))
    return AppProject(
        metadata=Metadata(
            name=context.instance,
            namespace=gitops.namespace,
            labels={"app.kubernetes.io/part-of": context.backend.name},
            finalizers=(FINALIZER,),
        ),
        spec=ProjectSpec(
            description=f"{context.backend.name} in {context.environment.name}",
            source_repos=(gitops.repository,),
            destinations=(
                Destination(server=gitops.server, namespace=context.cluster.namespace),
                Destination(server=gitops.server, namespace=gitops.namespace),
            ),
            cluster_resource_whitelist=(GroupKind(group="", kind="Namespace"),),
            namespace_resource_whitelist=tuple(GroupKind(group=group, kind=kind) for group, kind in kinds),
        ),
    )
