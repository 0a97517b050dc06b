"""The observed services of a backend, and their names in the dashboards."""

from dataclasses import dataclass
from functools import cached_property

from stead.model import AnyService, Backend, Environment
from stead.render.compose.context import ComposeContext
from stead.render.environment_alias import short

DEV = "dev"
STAND_INS = "stead.testing."  # they stand in for services outside, and have no metrics


@dataclass(frozen=True)
class Observed:
    """One service with `/metrics`: every Python app.

    kind      what it is, whatever its name: the shelf's service, or itself
    replicas  how many of it there are in development
    memory    what one of it may use, in MiB
    """

    name: str
    kind: str
    replicas: int
    memory: int


@dataclass(frozen=True)
class ObservabilityContext:
    """One backend in development, which is where the overlay is for."""

    backend: Backend

    @property
    def name(self) -> str:
        return self.backend.name

    @property
    def project(self) -> str:
        """What Compose calls all that runs: its label has_metrics this backend's containers from others'."""
        return f"{self.backend.name}-{short(DEV)}"

    @cached_property
    def context(self) -> ComposeContext:
        named = {environment.name: environment for environment in self.backend.environments}
        return ComposeContext(self.backend, named.get(DEV, Environment(DEV)))

    @cached_property
    def observed(self) -> tuple[Observed, ...]:
        """The services with metrics, sorted by name."""
        found = [self._observed(service) for service in self.context.services if has_metrics(service)]
        return tuple(sorted(found, key=lambda each: each.name))

    @property
    def is_observed(self) -> bool:
        """Return whether there is something to observe: metrics of a service, or the access log of a gateway."""
        return bool(self.observed) or self.backend.gateway is not None

    @property
    def has_overlay(self) -> bool:
        """Return whether there is an overlay: Compose puts it on the files of development."""
        return self.is_observed and has_dev(self.backend)

    @cached_property
    def kinds(self) -> dict[str, tuple[Observed, ...]]:
        """The observed services of each kind, sorted."""
        names = sorted({each.kind for each in self.observed})
        return {name: tuple(each for each in self.observed if each.kind == name) for name in names}

    def _observed(self, service: AnyService) -> Observed:
        kind = service.contract or service.name
        return Observed(service.name, kind, self.context.replicas(service), service.limits.memory)


def has_dev(backend: Backend) -> bool:
    """Return whether the description has the environment that Compose runs on a person's machine."""
    return any(environment.name == DEV for environment in backend.environments)


def has_metrics(service: AnyService) -> bool:
    """Return whether a service answers `/metrics`: one of the kit does."""
    return bool(service.app) and not service.app.startswith(STAND_INS)
