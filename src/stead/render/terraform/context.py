"""The modules of an environment and their inputs, derived from the needs of its processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stead.model import Backend, Bucket, Environment
from stead.model.infrastructure import Infrastructure
from stead.model.kubernetes import ExternalSecrets
from stead.render.context import EnvironmentContext
from stead.render.kubernetes.context import ClusterContext
from stead.render.kubernetes.secret import document_in, every
from stead.render.terraform.hcl import Raw
from stead.render.terraform.name import of_bucket, of_module
from stead.render.terraform.provider import PROVIDERS, Provider

FOLDER = "terraform"
NETWORK = {"network_id": Raw("module.network.id"), "subnet_ids": Raw("module.network.subnet_ids")}


@dataclass(frozen=True)
class Module:
    """One module of an environment: its kind, and its arguments beside its name."""

    kind: str
    arguments: dict[str, object]


@dataclass(frozen=True)
class TerraformContext:
    """One backend in one environment with servers by Terraform."""

    backend: Backend
    environment: Environment
    infrastructure: Infrastructure

    @cached_property
    def described(self) -> EnvironmentContext:
        return EnvironmentContext(self.backend, self.environment)

    @property
    def name(self) -> str:
        return f"{self.backend.name}-{self.environment.name}"

    def name_in(self, kind: str) -> str:
        """Return the name that a module gets, which is short enough for every name in it."""
        return of_module(self.provider.name, kind, self.name)

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.infrastructure.provider]

    @property
    def host(self) -> str:
        return self.environment.kubernetes.host if self.environment.kubernetes else ""

    def size(self, kind: str) -> str:
        return self.infrastructure.sizes.get(kind, self.provider.sizes[kind])

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """The rendered modules, in reading order."""
        return tuple(each for each in self.needed if each.kind not in self.infrastructure.external)

    @cached_property
    def needed(self) -> tuple[Module, ...]:
        """The needs of the environment, external ones included."""
        return tuple(self._modules())

    def _modules(self) -> Iterator[Module]:
        yield Module("network", {"cidr": self.infrastructure.cidr})
        yield from self._servers()
        if self.backend.registry:
            yield Module("registry", {})
        if self.environment.kubernetes:
            arguments = NETWORK | {"size": Raw("var.cluster_size"), "nodes": Raw("var.cluster_nodes")}
            yield Module("cluster", dict(arguments))
        if self.host and self.infrastructure.dns_zone:
            zone = {"host": self.host, "zone": self.infrastructure.dns_zone, "address": Raw("var.address")}
            yield Module("dns", dict(zone))
        if names := self.stored:
            yield Module("secrets", {"secrets": list(names)})

    def _servers(self) -> Iterator[Module]:
        servers, cidr = self.described.servers, self.infrastructure.cidr
        if "postgres" in servers:
            names = sorted({part.name for part in self.described.parts_in("postgres")})
            sizes = {"size": Raw("var.postgres_size"), "disk": Raw("var.postgres_disk")}
            yield Module("postgres", {**NETWORK, "cidr": cidr, **sizes, "databases": names})
        if "redis" in servers:
            yield Module("redis", {**NETWORK, "cidr": cidr, "size": Raw("var.redis_size")})
        if "s3" in servers:
            yield Module("buckets", {"buckets": dict(self._buckets())})

    def _buckets(self) -> Iterator[tuple[str, dict[str, object]]]:
        for part in sorted(self.described.parts_in("s3"), key=lambda each: each.name):
            assert isinstance(part.resource, Bucket)
            days = part.resource.expire_days
            name = of_bucket(self.provider.name, f"{self.name}-{part.name}")
            yield part.name, {"name": name, "versioned": part.resource.versioned, "expire_days": days or 0}

    @cached_property
    def stored(self) -> tuple[str, ...]:
        """The documents that the External Secrets operator reads: one for each process that has secrets."""
        cluster = self.environment.kubernetes
        if not cluster or not isinstance(cluster.secrets, ExternalSecrets):
            return ()
        context = ClusterContext(self.backend, self.environment, cluster)
        return tuple(sorted({document_in(cluster.secrets, each.process) for each in every(context)}))


def contexts(backend: Backend) -> Iterator[TerraformContext]:
    """Yield the environments with servers by Terraform and a known provider."""
    for environment in backend.environments:
        if environment.infrastructure and environment.infrastructure.provider in PROVIDERS:
            yield TerraformContext(backend, environment, environment.infrastructure)
