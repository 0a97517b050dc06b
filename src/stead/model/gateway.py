"""Gateway: the edge, with its identity providers and the services that it fronts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from stead.model.call import FRONT, Call
from stead.model.identity import IdentityProvider
from stead.model.limits import Limits
from stead.model.route import Route
from stead.model.sequences import as_tuple
from stead.model.service import AnyService
from stead.model.setting import Setting
from stead.model.source_location import SourceLocation, here

ENGINES = ("envoy", "oathkeeper")
SERVICE = "{service}"  # in a prefix: the name of the service

TRACES = Setting(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    default="",
    help="The OTLP collector for spans, over HTTP, such as http://collector:4318. Default: spans are not sent.",
)


@dataclass(frozen=True)
class Cors:
    """The browser origins that may call the gateway.

    origins  such as `https://app.example.com`; a `*` in a host stands for one label
    """

    origins: tuple[str, ...] = ()
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True)
class Rate:
    """The rate limit of one client.

    per_second  requests a second, on average
    burst       requests at once
    """

    per_second: int = 100
    burst: int = 200
    where: SourceLocation = field(default_factory=here, repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Gateway:
    """An Envoy. It has no code of its own: its routes are the services' public and user routes, and nothing else.

    name    a DNS label
    users   the identity providers: which credentials make a request a user's
    fronts  the services whose public and user routes it serves
    cors    the browser origins that may call it
    rate    the rate limit of one client
    limits  the most CPU, memory and processes that it may use
    prefix  what is before each path outside, and is stripped; `{service}` is the service's name, as in
            `/rest/{service}`: `/rest/orders/v1/orders` reaches `/v1/orders` of orders
    engine  `envoy`; or `oathkeeper`, for a team that keeps Ory Oathkeeper in front of it: its configuration and access
            rules are rendered of the same routes and users, outside of dev
    """

    name: str
    users: IdentityProvider | Sequence[IdentityProvider] = ()
    fronts: Sequence[AnyService] = ()
    cors: Cors = field(default_factory=Cors)
    rate: Rate = field(default_factory=Rate)
    limits: Limits = field(default_factory=lambda: Limits(cpus=1.0, memory=512))
    prefix: str = ""
    engine: Literal["envoy", "oathkeeper"] = "envoy"
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        users = (self.users,) if isinstance(self.users, IdentityProvider) else as_tuple(self.users)
        object.__setattr__(self, "users", users)
        object.__setattr__(self, "fronts", as_tuple(self.fronts))

    @property
    def providers(self) -> tuple[IdentityProvider, ...]:
        return (self.users,) if isinstance(self.users, IdentityProvider) else tuple(self.users)

    def prefix_of(self, service: AnyService) -> str:
        """Return the prefix of a service's external paths."""
        return self.prefix.replace(SERVICE, service.name)

    @property
    def outer_routes(self) -> tuple[Route, ...]:
        """The routes that are reachable from outside."""
        return tuple(route for service in self.fronts for route in service.routes if route.access != "service")

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls of the gateway: for fronted services, and for the introspection of credentials."""
        fronted = tuple(Call(service, (FRONT,), where=self.where) for service in self.fronts)
        return fronted + tuple(call for provider in self.providers for call in provider.calls)

    @property
    def declared(self) -> tuple[Setting, ...]:
        """The gateway's own settings: those of its identity providers, and the collector of its spans."""
        return (*(setting for provider in self.providers for setting in provider.settings), TRACES)
