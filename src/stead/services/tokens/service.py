"""The description of the token service."""

from collections.abc import Sequence
from typing import Literal

from stead.model import Call, Introspection, Postgres, Route, Service
from stead.services.tokens.settings import TokenSettings

Operation = Literal["introspect", "revoke"]
PREFIX = "pat_"
AUTHORIZE = "/v1/authorize"

# A token cannot make or revoke tokens (scope=None): a thief could otherwise keep access.
ROUTES = (
    Route.user("GET", "/v1/tokens", scope=None),
    Route.user("POST", "/v1/tokens", scope=None),
    Route.user("DELETE", "/v1/tokens/{token_id}", scope=None),
    Route.service("POST", "/v1/introspect", "introspect"),
    Route.service("POST", "/v1/revocations", "revoke"),
    Route.service("ANY", AUTHORIZE, "introspect"),  # the gateway asks with the method of the request
)


def service(name: str = "token-service", *, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a token service; it needs a PostgreSQL database of its own and calls nobody by itself."""
    return Service(
        name,
        app="stead.services.tokens.app:create",
        settings=TokenSettings,
        needs=[Postgres()],
        calls=calls,
        routes=ROUTES,
        contract="tokens",
    )


def users(tokens: Service[Operation]) -> Introspection:
    """Return the identity provider that accepts this service's tokens, to be put among a gateway's `users`."""
    return Introspection(tokens, PREFIX, AUTHORIZE)
