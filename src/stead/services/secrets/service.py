"""The description of the secrets service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Route, Service, Setting
from stead.services.secrets.settings import SecretsSettings

Operation = Literal["read"]

ROUTES = (Route.service("GET", "/v1/secrets/{key}", "read"),)


def service(name: str = "secrets", *, holds: Sequence[Setting] = ()) -> Service[Operation]:
    """Return a secrets service: read-only, without a database, calling nobody.

    holds  what it hands out; a caller gets those that its call names, `vault.may("read", keys=[...])`, and no other
    """
    return Service(
        name,
        app="stead.services.secrets.app:create",
        settings=SecretsSettings,
        routes=ROUTES,
        contract="secrets",
        holds=holds,
    )
