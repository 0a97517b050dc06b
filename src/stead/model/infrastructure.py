"""Infrastructure: the cloud servers of an environment, created by Terraform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stead.model.source_location import SourceLocation, here


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """The servers of an environment, created by Terraform and derived from the description.

    provider  `local` (nothing is made: plans and applies on this machine), `yandex`, `timeweb` or `aws`
    state     the bucket in which Terraform's state is kept, with a lock; empty: a file, for `local` alone
    region    the region, or the zone, as the provider names it
    cidr      the addresses of the network
    dns_zone  the DNS zone that the environment's host is in
    sizes     by kind (`postgres`, `redis`, `cluster`), the size as the provider names it
    disk      of PostgreSQL, in GB
    nodes     how many nodes the cluster has
    external  kinds that are made elsewhere (`registry`, `secrets`, …): for what the provider does not offer
    """

    provider: str
    state: str = ""
    region: str = ""
    cidr: str = "10.20.0.0/16"
    dns_zone: str = ""
    sizes: Mapping[str, str] = field(default_factory=dict)
    disk: int = 20
    nodes: int = 3
    external: Sequence[str] = ()
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)
