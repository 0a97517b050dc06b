"""The description of the auth service."""

from collections.abc import Collection, Sequence
from typing import Literal

from stead.kit.settings import ServiceSettings
from stead.model import Call, Clerk, Postgres, Redis, Route, Service, Setting
from stead.services.auth.identity import Vouching, name_of, settings_of, validated_providers
from stead.services.auth.settings import CLERK, AuthSettings

Operation = Literal["verify", "ensure"]
CLERKS = (Route.public("POST", "/v1/webhooks/clerk"), Route.user("GET", "/v1/me"))
VERIFY = Route.service("POST", "/v1/verify", "verify")
ENSURE = Route.service("POST", "/v1/users/ensure", "ensure")
ROUTES = (*CLERKS, VERIFY, ENSURE)


def service(
    name: str = "auth-service",
    *,
    users: Vouching | Sequence[Vouching] | None = None,
    calls: Sequence[Call] = (),
    store: Redis | None = None,
) -> Service[Operation]:
    """Return an auth service. It stores no sessions, and needs its own PostgreSQL database only with Clerk.

    users  who vouches for users: `Clerk()`, when nothing is said, `Telegram(…)`, `Jwt(…)`, or several of these
    store  where replicas without a database tell one another which initData was taken

    With a call to a users service (`ensure`) it makes users of those whom its callers name. With one to a secrets
    service, `vault.may("read", keys=["TELEGRAM_BOT_TOKEN"])`, that key comes from there unless the environment holds
    it. With Clerk, a call to a points service (`award`) gives a sign-up welcome points, and one to a referral service
    (`attribute`) settles the referral code of a sign-up; with one to a token service (`revoke`), the API tokens of a
    deleted user end.
    """
    given = [Clerk()] if users is None else [users] if isinstance(users, Vouching) else users
    providers = validated_providers(given)
    names = tuple(name_of(provider) for provider in providers)
    databases = [Postgres()] if CLERK in names else []
    return Service(
        name,
        app="stead.services.auth.app:create",
        settings=_settings(providers, names, calls),
        values={} if names == (CLERK,) else {"AUTH_PROVIDERS": names},
        needs=[*databases, *([store] if store else [])],
        calls=calls,
        routes=routes(names, ensures=any("ensure" in call.operations for call in calls)),
        contract="auth",
        addresses={
            "users": "USERS_SERVICE_URL",
            "secrets": "SECRETS_SERVICE_URL",
            "points": "POINTS_SERVICE_URL",
            "referrals": "REFERRAL_SERVICE_URL",
            "tokens": "TOKEN_SERVICE_URL",
        },
    )


def routes(providers: Collection[str], *, ensures: bool) -> tuple[Route, ...]:
    """Return the routes of an auth service with these providers, with or without a users service."""
    return (*(CLERKS if CLERK in providers else ()), VERIFY, *((ENSURE,) if ensures else ()))


def _settings(providers: Sequence[Vouching], names: tuple[str, ...], calls: Sequence[Call]) -> tuple[Setting, ...]:
    """Return the settings of the process, each once. Its calls provide the callees' URLs."""
    asked = [key for call in calls if "read" in call.operations for key in call.keys]
    own = {setting.name: setting for setting in AuthSettings.declared()}
    settings = [] if names == (CLERK,) else [own["AUTH_PROVIDERS"]]
    settings += [setting for provider in providers for setting in settings_of(provider, asked)]
    return tuple({setting.name: setting for setting in (*ServiceSettings.declared(), *settings)}.values())
