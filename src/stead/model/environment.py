"""Environment: what differs there, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stead.model.infrastructure import Infrastructure
from stead.model.kubernetes import Kubernetes
from stead.model.sequences import as_tuple
from stead.model.service import AnyService
from stead.model.source_location import SourceLocation, here
from stead.model.workers import Workers


@dataclass(frozen=True, eq=False)
class Environment:
    """A place where the backend runs: `dev`, `staging`, `prod`.

    name        a DNS label
    values      per service, the vars that have another value there: `{ledger: {"POINTS_VELOCITY_CAP": 1000}}`;
                never a secret
    without     services that do not run there; each is listed as left out
    replicas    per service, how many run there, where the number differs from the service's `replicas`
    kubernetes  the namespace of a cluster where it runs, beside Compose; None: it does not run in a cluster
    infrastructure  the servers that Terraform makes for it; None: a person makes them
    workers     the Cloudflare account that it is deployed to as Workers; None: it is not deployed there
    """

    name: str
    values: Mapping[AnyService, Mapping[str, Any]] = field(default_factory=dict)
    without: tuple[AnyService, ...] = ()
    replicas: Mapping[AnyService, int] = field(default_factory=dict)
    kubernetes: Kubernetes | None = None
    infrastructure: Infrastructure | None = None
    workers: Workers | None = None
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", as_tuple(self.without))
