"""Settings loader: the settings of this process, of all its providers, validated together, and all faults named.

The list of providers is a setting itself, with the description's as its default. Rejected: one module per combination,
which repeats code, and one setting with JSON, which is hard to read.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from stead.kit.settings import SettingsError, read
from stead.services.auth.settings import (
    CLERK,
    TELEGRAM,
    AuthSettings,
    ClerkSettings,
    JwtSettings,
    TelegramSettings,
)
from stead.services.auth.signature import usable

SHORTEST_SECRET = 32  # bytes: RFC 7518 section 3.2
ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")
URLS = ("https://", "http://", "file:")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The parsed settings; None or empty for absent providers."""

    auth: AuthSettings
    clerk: ClerkSettings | None = None
    telegram: TelegramSettings | None = None
    issuers: Mapping[str, JwtSettings] = field(default_factory=dict)


def load_settings(environ: Mapping[str, str] | None = None) -> LoadedSettings:
    """Read the environment; SettingsError names all that is wrong, what could verify nothing included."""
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    auth = _noting(problems, lambda: read(AuthSettings, environ))
    names = auth.auth_providers if auth else ()
    clerk = _noting(problems, lambda: read(ClerkSettings, environ)) if CLERK in names else None
    telegram = _noting(problems, lambda: read(TelegramSettings, environ)) if TELEGRAM in names else None
    issuers = {name: _noting(problems, partial(_issuer, name, environ)) for name in names if _is_issuer(name)}
    if auth:
        problems += _of_clerk(clerk) if clerk else ()
        problems += _of_telegram(telegram, auth) if telegram else ()
        problems += [each for name, issuer in issuers.items() if issuer for each in _of_issuer(name, issuer, auth)]
    if problems or auth is None:
        raise SettingsError(dict.fromkeys(problems))
    return LoadedSettings(auth, clerk, telegram, {name: issuer for name, issuer in issuers.items() if issuer})


def _noting(problems: list[str], reading: Callable[[], T]) -> T | None:
    try:
        return reading()
    except SettingsError as error:
        problems += error.problems
        return None


def _is_issuer(name: str) -> bool:
    return name not in (CLERK, TELEGRAM)


def _issuer(name: str, environ: Mapping[str, str]) -> JwtSettings:
    prefix = JwtSettings.prefix(name)
    own = {key.removeprefix(prefix): value for key, value in environ.items() if key.startswith(prefix)}
    try:
        return read(JwtSettings, own)
    except SettingsError as error:
        raise SettingsError(prefix + problem for problem in error.problems) from None


def _of_clerk(clerk: ClerkSettings) -> Iterator[str]:
    if not usable(clerk.clerk_webhook_secret):
        yield "CLERK_WEBHOOK_SECRET is malformed; expected whsec_ and the base64 of 16 bytes or more."
    if clerk.clerk_jwt_secret is not None and _is_short(clerk.clerk_jwt_secret):
        yield f"CLERK_JWT_SECRET is too short; expected {SHORTEST_SECRET} bytes or more."
    if not clerk.clerk_jwks_url.startswith(URLS):
        yield "CLERK_JWKS_URL is malformed; expected an https:, http: or file: URL."


def _of_telegram(telegram: TelegramSettings, auth: AuthSettings) -> Iterator[str]:
    from stead.services.auth.providers.init_data import public_key

    if public_key(telegram.telegram_public_key) is None:
        yield "TELEGRAM_PUBLIC_KEY is malformed; expected production, test, or 64 hexadecimal digits."
    if not telegram.telegram_bot_ids and telegram.telegram_bot_token is None:
        yield from _unfound("TELEGRAM_BOT_TOKEN", auth)


def _of_issuer(name: str, issuer: JwtSettings, auth: AuthSettings) -> Iterator[str]:
    prefix = JwtSettings.prefix(name)
    if issuer.algorithm not in ALGORITHMS:
        yield f"{prefix}ALGORITHM is {issuer.algorithm!r}; expected one of {', '.join(ALGORITHMS)}."
    elif issuer.algorithm != "HS256":
        if issuer.keys_url is None or not issuer.keys_url.startswith(URLS):
            yield f"{prefix}KEYS_URL is missing or malformed; expected an https:, http: or file: URL."
    elif issuer.secret is None:
        yield from _unfound(f"{prefix}SECRET", auth)
    elif _is_short(issuer.secret):
        yield f"{prefix}SECRET is too short; expected {SHORTEST_SECRET} bytes or more."


def _unfound(secret: str, auth: AuthSettings) -> Iterator[str]:
    """Raise SettingsError with both sources of a secret, when neither is set."""
    if auth.secrets_service_url is None:
        yield (
            f"{secret} is missing; set it, or declare a call to a secrets service, "
            f'vault.may("read", keys=["{secret}"]), which sets SECRETS_SERVICE_URL.'
        )


def _is_short(secret: str) -> bool:
    return len(secret.encode()) < SHORTEST_SECRET
