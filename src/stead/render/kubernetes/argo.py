"""Values of Argo CD's API: Applications and AppProjects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from stead.render.kubernetes.core import Manifest

GROUP = "argoproj.io"
WAVE = f"argocd.{GROUP}/sync-wave"
HOOK = f"argocd.{GROUP}/hook"
DELETE_POLICY = f"argocd.{GROUP}/hook-delete-policy"
OPTIONS = f"argocd.{GROUP}/sync-options"
UNPRUNED = "kustomize.toolkit.fluxcd.io/prune"  # the same word in Flux: `disabled` keeps the object
FINALIZER = f"resources-finalizer.argocd.{GROUP}"


@dataclass(frozen=True, kw_only=True)
class Directory:
    recurse: bool
    include: str | None = None
    exclude: str | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    repo_url: str
    target_revision: str
    path: str
    directory: Directory


@dataclass(frozen=True, kw_only=True)
class Destination:
    server: str
    namespace: str


@dataclass(frozen=True, kw_only=True)
class Automated:
    prune: bool = True
    self_heal: bool = True
    allow_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Backoff:
    duration: str = "5s"
    factor: int = 2
    max_duration: str = "3m"


@dataclass(frozen=True, kw_only=True)
class Retry:
    limit: int = 5
    backoff: Backoff = field(default_factory=Backoff)


@dataclass(frozen=True, kw_only=True)
class NamespaceMetadata:
    labels: Mapping[str, str]


SYNC_OPTIONS = ("ServerSideApply=true", "PruneLast=true", "ApplyOutOfSyncOnly=true")
RESPECT_IGNORED = "RespectIgnoreDifferences=true"


@dataclass(frozen=True, kw_only=True)
class SyncPolicy:
    automated: Automated = field(default_factory=Automated)
    managed_namespace_metadata: NamespaceMetadata | None = None
    retry: Retry = field(default_factory=Retry)
    sync_options: tuple[str, ...] = (*SYNC_OPTIONS, RESPECT_IGNORED)


@dataclass(frozen=True, kw_only=True)
class ApplicationSpec:
    project: str
    source: Source
    destination: Destination
    sync_policy: SyncPolicy = field(default_factory=SyncPolicy)
    revision_history_limit: int = 10


@dataclass(frozen=True, kw_only=True)
class Application(Manifest):
    api_version: ClassVar[str] = f"{GROUP}/v1alpha1"
    kind: ClassVar[str] = "Application"
    spec: ApplicationSpec


@dataclass(frozen=True, kw_only=True)
class GroupKind:
    group: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ProjectSpec:
    description: str
    source_repos: tuple[str, ...]
    destinations: tuple[Destination, ...]
    cluster_resource_whitelist: tuple[GroupKind, ...] = ()
    namespace_resource_whitelist: tuple[GroupKind, ...]


@dataclass(frozen=True, kw_only=True)
class AppProject(Manifest):
    api_version: ClassVar[str] = f"{GROUP}/v1alpha1"
    kind: ClassVar[str] = "AppProject"
    spec: ProjectSpec
