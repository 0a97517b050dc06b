"""Health: the response of `/health`, and the resources that it depends on."""

from dataclasses import dataclass, field

from stead.model.resource import Resource
from stead.model.sequences import as_tuple
from stead.model.source_location import SourceLocation, here

HEALTH = "/health"
VERSION = "/version"  # an alias of /health
LIVEZ = "/livez"
READYZ = "/readyz"
METRICS = "/metrics"
GRPC_HEALTH = "/grpc.health.v1.Health/Check"  # of grpc.io's health checking protocol
PATHS = (HEALTH, VERSION, LIVEZ, READYZ)
KEYS = ("service", "env", "status", "version")
START_PERIOD = 120.0  # seconds


@dataclass(frozen=True)
class Health:
    """The health contract of a service.

    path          the health path of a third-party program; services made with the kit answer `/health`
    depends_on    resources that the service cannot work without: when one is down, `/health` is 503 `unavailable`
    contract      False for a third-party program that answers 200 with a body of its own
    probe         a command, as a list, that exits with 0 while the program is healthy: it runs in the container, and on
                  this machine in the program's folder
    tcp           True for a program that is healthy as soon as it takes connections, and answers no health path
    grpc          True for a program that answers grpc.health.v1.Health/Check on its port, for the service ""
    start_period  seconds that a start may take; on this machine they begin again while the process computes or writes
    """

    path: str = HEALTH
    depends_on: tuple[Resource, ...] = ()
    contract: bool = True
    probe: tuple[str, ...] = ()
    tcp: bool = False
    grpc: bool = False
    start_period: float = START_PERIOD
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)

    @property
    def by_path(self) -> bool:
        """Return whether a path is the only health probe."""
        return not (self.probe or self.tcp or self.grpc)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depends_on", as_tuple(self.depends_on))
        object.__setattr__(self, "probe", as_tuple(self.probe))
