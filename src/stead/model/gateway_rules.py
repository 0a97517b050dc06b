"""What makes the gateway of a description unusable."""

from collections import Counter
from collections.abc import Iterator

from stead.model.backend import Backend
from stead.model.identity import Introspection
from stead.model.problem import Problem


def users_have_a_provider(backend: Backend) -> Iterator[Problem]:
    """A user route needs an identity provider."""
    gateway = backend.gateway
    if gateway is None or gateway.providers:
        return
    for service in gateway.fronts:
        for route in service.routes:
            if route.access == "user":
                message = f"{route} of {service.name} is for users, but the gateway has no identity provider"
                fix = "import Clerk or another provider from stead, and give the gateway users=Clerk()"
                yield Problem("GATEWAY001", message, gateway.where, fix, route.where)
                break


def fronts_are_inside(backend: Backend) -> Iterator[Problem]:
    """The gateway fronts services of this backend, each once; an introspecting service is among them."""
    gateway = backend.gateway
    if gateway is None:
        return
    for service, times in Counter(gateway.fronts).items():
        if times > 1:
            message = f"the gateway fronts {service.name} {times} times"
            yield Problem("GATEWAY002", message, gateway.where, "name it once")
    for provider in gateway.providers:
        if isinstance(provider, Introspection) and not provider.prefix:
            yield Problem("GATEWAY003", "an introspected credential has no prefix", provider.where, "set prefix='pat_'")


RULES = (users_have_a_provider, fronts_are_inside)
