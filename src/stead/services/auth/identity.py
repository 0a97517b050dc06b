"""Identity providers: the objects of `auth.service(users=[…])` in a description.

Clerk is part of the model, since a gateway supports it, too. These are only for the auth service; a gateway with one is
a type error.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from stead.model import Clerk, Setting, Settings
from stead.model.setting import REQUIRED
from stead.model.source_location import SourceLocation, here
from stead.services.auth.settings import CLERK, TELEGRAM, ClerkSettings, JwtSettings, TelegramSettings

BOT_TOKEN = TelegramSettings.declared()[0]  # for what a secrets service holds
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, eq=False)
class Telegram:
    """The initData of Telegram's Mini Apps. A user's id is the Telegram id.

    bot_ids          whose initData is taken by Telegram's own signature (Ed25519), without any bot's token; none: it
                     is taken by the token of one bot (HMAC), in `TELEGRAM_BOT_TOKEN` or from a secrets service
    max_age          seconds for which initData is good
    refuse_replays   whether initData that was taken once is refused when it comes again
    """

    bot_ids: Sequence[int] = ()
    max_age: int = 3600
    refuse_replays: bool = True
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bot_ids", tuple(self.bot_ids))


@dataclass(frozen=True, eq=False)
class Jwt:
    """JWTs of another issuer (RFC 7519), each verified by one algorithm.

    issuer     the `iss` of every token; `audience` is one of its `aud`
    algorithm  with HS256 the key is in `AUTH_<NAME>_SECRET` or comes from a secrets service; otherwise it is one of the
               issuer's key set
    keys       the URL of that key set: https:, http: or file:; left out, `AUTH_<NAME>_KEYS_URL` has to say it
    name       what such tokens are called in the answer's `method` and in the settings' names
    prefix     goes before the `sub`, to make the user's id. To be said where others vouch for users too: else this
               issuer could name theirs
    """

    issuer: str
    audience: str
    algorithm: Literal["HS256", "RS256", "ES256", "EdDSA"] = "RS256"
    keys: str = ""
    name: str = "jwt"
    prefix: str | None = None
    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in (CLERK, TELEGRAM):
            raise ValueError(f"{self.name!r} cannot name a JWT issuer: use lower-case letters, digits and _")

    @property
    def secret(self) -> str:
        """The name of the setting, and of the secret in a secrets service, that holds the key of HS256."""
        return f"{JwtSettings.prefix(self.name)}SECRET"


Vouching = Clerk | Telegram | Jwt


def name_of(provider: Vouching) -> str:
    """Return how the provider is called in `AUTH_PROVIDERS`."""
    if isinstance(provider, Jwt):
        return provider.name
    return CLERK if isinstance(provider, Clerk) else TELEGRAM


def validated_providers(users: Sequence[Vouching]) -> tuple[Vouching, ...]:
    """Return the providers; ValueError for a contradictory combination."""
    names = [name_of(provider) for provider in users]
    if not names:
        raise ValueError("an auth service needs an identity provider, such as users=[Clerk()]")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two providers are named {', '.join(twice)}; give one another name")
    for provider in users:
        if isinstance(provider, Jwt) and provider.prefix is None and len(names) > 1:
            message = f"the issuer {provider.issuer} could name the users of other providers as its own"
            raise ValueError(f"{message}; set prefix='{provider.name}:', or prefix='' if that is intended")
    return tuple(users)


def settings_of(provider: Vouching, fetched: Sequence[str]) -> tuple[Setting, ...]:
    """Return the settings of a provider; `asked` are the secrets from a secrets service."""
    if isinstance(provider, Telegram):
        return _of_telegram(provider, fetched)
    return _of_jwt(provider, fetched) if isinstance(provider, Jwt) else ClerkSettings.declared()


def _of_telegram(provider: Telegram, fetched: Sequence[str]) -> tuple[Setting, ...]:
    environ = {
        "TELEGRAM_BOT_IDS": tuple(provider.bot_ids),
        "TELEGRAM_MAX_AGE_SECONDS": provider.max_age,
        "TELEGRAM_REFUSE_REPLAYS": provider.refuse_replays,
    }
    settings = _with_defaults(TelegramSettings, environ)
    if provider.bot_ids:
        return tuple(setting for setting in settings if setting.name != BOT_TOKEN.name)
    return tuple(
        _secret_setting(setting, fetched) if setting.name == BOT_TOKEN.name else setting for setting in settings
    )


def _of_jwt(provider: Jwt, fetched: Sequence[str]) -> tuple[Setting, ...]:
    environ = {
        "ISSUER": provider.issuer,
        "AUDIENCE": provider.audience,
        "ALGORITHM": provider.algorithm,
        "USER_PREFIX": provider.prefix or "",
        "KEYS_URL": provider.keys or REQUIRED,
    }
    left_out = "KEYS_URL" if provider.algorithm == "HS256" else "SECRET"
    named = [
        replace(setting, name=JwtSettings.prefix(provider.name) + setting.name)
        for setting in _with_defaults(JwtSettings, environ)
        if setting.name != left_out
    ]
    return tuple(_secret_setting(setting, fetched) if setting.name == provider.secret else setting for setting in named)


def _with_defaults(kind: type[Settings], environ: Mapping[str, object]) -> tuple[Setting, ...]:
    """Return a class's settings, with the description's values as defaults."""
    return tuple(replace(one, default=environ.get(one.name, one.default)) for one in kind.declared())


def _secret_setting(setting: Setting, fetched: Sequence[str]) -> Setting:
    """Return a secret as needed; one that a secrets service gives may be left out, and is not made for development."""
    return replace(setting, dev=None) if setting.name in fetched else replace(setting, default=REQUIRED)
