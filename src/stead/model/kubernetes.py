"""Kubernetes: the settings of an environment in a namespace of a cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stead.model.sequences import as_tuple
from stead.model.service import AnyService
from stead.model.source_location import SourceLocation, here


@dataclass(frozen=True, slots=True)
class Server:
    """An external server of the backend: PostgreSQL, Redis, Vault, an S3 server, an API.

    port       where it listens
    namespace  the namespace of its Pods, where it runs in the same cluster
    labels     the labels of its Pods there; none: every Pod of that namespace
    cidr       its addresses, where it runs elsewhere: `10.20.0.5/32`; `0.0.0.0/0` is every public address
    """

    port: int
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    cidr: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Autoscale:
    """Autoscaling: the replicas of a service by their load.

    minimum  the fewest replicas; 2 at least, so that one can be taken away
    maximum  the most replicas
    cpu      percent of the requested CPU that the replicas use on average
    """

    minimum: int = 2
    maximum: int = 6
    cpu: int = 70
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets of Kubernetes, one for each process, named `<process>-secrets`; someone else puts the values there."""

    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ExternalSecrets:
    """The same Secrets, created by the External Secrets operator.

    store    the name of the SecretStore
    path     the folder in the store: each process has a document there, `<path>/<process>`
    cluster  whether the store is a ClusterSecretStore
    """

    store: str
    path: str
    cluster: bool = True
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Vault:
    """Files that Vault's agent writes into each Pod, from documents of a KV engine of version 2.

    mount      where the KV engine is mounted
    path       the folder of the backend's documents: `archpad/demo`
    role       the role of Vault's Kubernetes auth; the namespace's name by default
    documents  the settings that are in a document of their own: `{"postgres": ["PROJECT_DATABASE_URL"]}`; every other
               secret of a process is in `<path>/backend/<process>`
    address    where Vault is reached from inside the cluster
    server     where its Pods are, for the network policies
    auth       where Kubernetes auth is mounted
    audience   the audience of the Pods' tokens
    registry   the document with the registry's address, user and password; a Job copies it into the pull secret
    """

    path: str
    mount: str = "kv"
    role: str = ""
    documents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    address: str = "http://vault.vault.svc:8200"
    server: Server = field(default_factory=lambda: Server(8200, namespace="vault"))
    auth: str = "kubernetes"
    audience: str = "vault"
    registry: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        documents = {name: as_tuple(settings) for name, settings in self.documents.items()}
        object.__setattr__(self, "documents", documents)


SecretSource = Secrets | ExternalSecrets | Vault


@dataclass(frozen=True, slots=True)
class Gitops:
    """The repository that Argo CD syncs from.

    repository  its URL
    revision    the branch, tag or commit that is followed; `stead ship gitops` adds its commits to a branch
    namespace   where Argo CD runs
    server      the API server of the cluster that is synced to
    tag         the tags that may be shipped there, as a pattern: `v*`; empty: any version
    """

    repository: str
    revision: str = "main"
    namespace: str = "argocd"
    server: str = "https://kubernetes.default.svc"
    tag: str = ""
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


def has_credentials(repository: str) -> bool:
    """Return whether a URL holds a password, or a token in the place of a user; `git@` of SSH is neither."""
    parts = urlsplit(repository) if "://" in repository else None
    return parts is not None and bool(parts.password or (parts.username and parts.scheme in ("http", "https")))


@dataclass(frozen=True, slots=True, eq=False)
class Kubernetes:
    """One namespace of a cluster, for an environment.

    namespace          where the backend runs
    host               the name under which the gateway is reached from outside
    gateway            the Gateway that the host's HTTPRoute is attached to: `namespace/name`
    gateway_class      the class of a Gateway that is made for the host, where there is none to attach to
    tls                the Secret with the host's certificate, for the Gateway that is made
    ingress            the namespace of the Gateway's Pods, from where the backend's gateway is reached; empty: that of
                       the Gateway itself. Envoy Gateway has its Pods elsewhere: `envoy-gateway-system`
    monitoring         the namespace of Prometheus, which may read metrics; empty: nobody reads them
    pull_secret        the Secret with which images are pulled
    secrets            where secrets come from
    values             by setting, what every process that declares it is told here
    servers            where the resources are, by kind, and what runs elsewhere, by name, a service included that
                       the environment leaves out and whose address `values` gives:
                       `{"postgres": Server(5432, namespace="data"), "kafka": Server(9092, cidr="10.1.0.0/16")}`
    api_server         the cluster's API server, for the Jobs that ask it; None: every address at 443 and 6443
    egress             by service, what it reaches outside of the backend
    autoscale          by service, how many replicas run by load
    gateway_autoscale  how many of the backend's gateway run by load; None: two
    gitops             the repository that Argo CD syncs from; None: nobody syncs
    helm               whether the environment is one of those of the backend's Helm chart, beside the manifests
    """

    namespace: str
    host: str = ""
    gateway: str = ""
    gateway_class: str = ""
    tls: str = ""
    ingress: str = ""
    monitoring: str = "monitoring"
    pull_secret: str = ""
    secrets: SecretSource = field(default_factory=Secrets)
    values: Mapping[str, Any] = field(default_factory=dict)
    servers: Mapping[str, Server] = field(default_factory=dict)
    api_server: Server | None = None
    egress: Mapping[AnyService, Sequence[Server]] = field(default_factory=dict)
    autoscale: Mapping[AnyService, Autoscale] = field(default_factory=dict)
    gateway_autoscale: Autoscale | None = None
    gitops: Gitops | None = None
    helm: bool = False
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        egress = {service: as_tuple(servers) for service, servers in self.egress.items()}
        object.__setattr__(self, "egress", egress)

    @property
    def entry(self) -> str:
        """The namespace from where the backend's gateway is reached."""
        return self.ingress or self.gateway.rpartition("/")[0] or self.namespace
