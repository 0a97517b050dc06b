"""Health: what `/health` answers, and on what it depends."""

from dataclasses import dataclass

from stead.model.resource import Resource

HEALTH = "/health"
VERSION = "/version"  # an alias of /health
LIVEZ = "/livez"
READYZ = "/readyz"
METRICS = "/metrics"
PATHS = (HEALTH, VERSION, LIVEZ, READYZ)
KEYS = ("service", "env", "status", "version")


@dataclass(frozen=True)
class Health:
    """The health contract of a service.

    path        where a stranger's program answers it; services made with the kit answer `/health`
    depends_on  resources without which the service is of no use: when one is down, `/health` is 503 `unavailable`
    contract    False for a stranger's program that answers 200 with a body of its own
    probe       for an image: words that are run inside it and end with 0 while it is healthy
    """

    path: str = HEALTH
    depends_on: tuple[Resource, ...] = ()
    contract: bool = True
    probe: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "depends_on", tuple(self.depends_on))
        object.__setattr__(self, "probe", tuple(self.probe))
