"""The description of the sessions service."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from stead.model import AccessTokens, Call, Dev, Health, Postgres, Redis, Route, Service, Setting
from stead.model.setting import REQUIRED
from stead.services.sessions.settings import PostgresSessionSettings, RedisSessionSettings, SessionSettings

Operation = Literal["create", "verify", "extend", "rotate", "invalidate", "exchange", "list", "keys"]
KEYS = "/v1/sessions/keys"

# An API token neither sees nor ends sessions (scope=None): who stole one could otherwise lock its owner out.
ROUTES = (
    Route.service("POST", "/v1/sessions", "create"),
    Route.service("POST", "/v1/sessions/verify", "verify"),
    Route.service("POST", "/v1/sessions/extend", "extend"),
    Route.service("POST", "/v1/sessions/rotate", "rotate"),
    Route.service("POST", "/v1/sessions/invalidate", "invalidate"),
    Route.service("POST", "/v1/sessions/exchange", "exchange"),
    Route.service("GET", KEYS, "keys"),
    Route.service("GET", "/v1/users/{user_id}/sessions", "list"),
    Route.public("POST", "/v1/sessions/refresh", credential=True),
    Route.user("GET", "/v1/sessions", scope=None),
    Route.user("DELETE", "/v1/sessions", scope=None),
    Route.user("DELETE", "/v1/sessions/{session_id}", scope=None),
)


def _declared(settings: type[SessionSettings]) -> dict[str, Setting]:
    return {setting.name: setting for setting in settings.declared()}


# For what a secrets service holds; made up in development, wherever it is kept.
SIGNING_KEY = replace(_declared(SessionSettings)["SESSION_SIGNING_KEY"], dev=Dev.RANDOM)


def service(name: str = "sessions", *, store: Redis | Postgres, calls: Sequence[Call] = ()) -> Service[Operation]:
    """Return a sessions service that keeps its sessions in `store`, and whose health depends on that alone.

    With a call to a secrets service, `vault.may("read", keys=["SESSION_SIGNING_KEY"])`, the key comes from there unless
    the environment holds it; without one, the environment has to.
    """
    redis = isinstance(store, Redis)
    settings = _declared(RedisSessionSettings if redis else PostgresSessionSettings)
    asked = any("read" in call.operations and SIGNING_KEY.name in call.keys for call in calls)
    if not asked:
        settings[SIGNING_KEY.name] = replace(SIGNING_KEY, default=REQUIRED)
    return Service(
        name,
        app=f"stead.services.sessions.app:{'on_redis' if redis else 'on_postgres'}",
        settings=tuple(settings.values()),
        needs=[store],
        calls=calls,
        routes=ROUTES,
        health=Health(depends_on=(store,)),
        contract="sessions",
        addresses={"secrets": "SECRETS_SERVICE_URL"},
    )


def users(sessions: Service[Operation]) -> AccessTokens:
    """Return the identity provider that accepts this service's access tokens, to be put among a gateway's `users`."""
    return AccessTokens(sessions, KEYS)
