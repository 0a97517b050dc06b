"""Caller: the service that makes a call. Tokens are minted for one callee, and verified against a keyring.

A service token is a JWT (RFC 7519) with `iss` the caller, `aud` the one callee, `scope` the operations, `iat`, `exp` at
most five minutes later, and `jti`. The keyring holds only the declared callers, so an undeclared call is impossible
with any key. A verified token is cached until it expires: a signature costs about 60 µs, a cached token about 1 µs.

Errors:
    Unverified       the token does not hold; the reason is for the log, never for the answer
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import jwt
import msgspec

from stead.kit.key import KeyProblem, SigningKey, TrustedKey, signing_key, trusted_keys
from stead.kit.live_setting import LiveSetting
from stead.kit.settings import ServiceSettings, SettingsError

logger = logging.getLogger(__name__)

HEADER = b"x-service-token"
LIFE = 300  # seconds that a token lives at the most
SKEW = 5  # seconds that two clocks may differ
REMEMBERED = 1024  # tokens

Clock = Callable[[], float]

_jws = jwt.PyJWS(algorithms=["EdDSA", "HS256"])


@dataclass(frozen=True, slots=True)
class Caller:
    """A declared caller with its permitted operations: those in its token and in the keyring."""

    name: str
    operations: frozenset[str] = frozenset()


ANONYMOUS = Caller("anyone")  # the caller of a public route where a service runs alone


class Unverified(Exception):  # noqa: N818 - said as it is read: `except Unverified`
    """A service token that does not hold."""


class _Claims(msgspec.Struct):
    iss: str
    aud: str
    scope: str
    iat: int
    exp: int
    jti: str


_claims = msgspec.json.Decoder(_Claims).decode


def mint(
    key: SigningKey, issuer: str, audience: str, operations: Iterable[str], *, now: float, life: int = LIFE
) -> str:
    """Return a service token: `issuer` may ask `audience` for these operations for `life` seconds."""
    claims = _Claims(issuer, audience, " ".join(sorted(operations)), int(now), int(now) + life, uuid4().hex)
    return _jws.encode(msgspec.json.encode(claims), key.material, key.algorithm, headers={"kid": issuer})


class Keyring:
    """The declared callers of one service."""

    def __init__(
        self,
        keys: Mapping[str, tuple[TrustedKey, ...]],
        audience: str,
        *,
        clock: Clock = time.time,
        live: LiveSetting | None = None,
        secret: str | None = None,
    ) -> None:
        """Hold the keys of each caller; `live` is where they are read again, `secret` what a shared one stands for."""
        self._keys = dict(keys)
        self._live, self._secret = live, secret
        self._audience = audience
        self._clock = clock
        self._verified: dict[str, tuple[int, Caller]] = {}

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Keyring":
        """Read the keyring from a service's settings; SettingsError when it is malformed."""
        text, secret = settings.service_jwt_keys, settings.service_jwt_secret
        try:
            keys = trusted_keys(text, secret) if text else {}
        except KeyProblem as problem:
            raise SettingsError([f"SERVICE_JWT_KEYS is malformed: {problem}"]) from None
        return cls(keys, settings.service_name, live=LiveSetting("SERVICE_JWT_KEYS", text or ""), secret=secret)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def verify(self, token: str) -> Caller:
        """Return the issuer of the token; Unverified with the reason when it is invalid."""
        now = self._clock()
        if self._live and self._live.changed():
            self._renew(self._live.text)
        remembered = self._verified.get(token)
        if remembered is not None:
            expires, caller = remembered
            if now < expires:
                return caller
            del self._verified[token]
        claims, key = self._check(token, now)
        caller = Caller(key.name, frozenset(claims.scope.split()) & key.may)
        self._remember(token, claims.exp, caller)
        return caller

    def _renew(self, text: str) -> None:
        """Load a changed keyring; a malformed one changes nothing."""
        try:
            self._keys = trusted_keys(text, self._secret)
        except KeyProblem as problem:
            logger.error("SERVICE_JWT_KEYS is malformed now; the earlier one stays in use: %s", problem)  # noqa: TRY400 - a trace has no news
            return
        self._verified.clear()
        logger.info("SERVICE_JWT_KEYS has changed")

    def _check(self, token: str, now: float) -> tuple[_Claims, TrustedKey]:
        try:
            header = jwt.get_unverified_header(token)
            issuer = _claims(jwt.utils.base64url_decode(token.split(".")[1])).iss
            keys = self._keys.get(issuer)
            if not keys:
                raise Unverified(f"{issuer!r} is not a declared caller of {self._audience}")
            offered = [key for key in keys if key.algorithm == header.get("alg")]
            if not offered or "crit" in header:
                raise Unverified(f"the header of a token of {issuer} names another algorithm than its key")
            payload, key = _signed(token, offered)
            claims = _claims(payload)
        except (jwt.InvalidTokenError, msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Unverified(f"malformed or forged: {type(error).__name__}") from error
        _check_lifetime(claims, now)
        if claims.aud != self._audience:
            raise Unverified(f"a token of {issuer} is meant for {claims.aud!r}, not for {self._audience}")
        return claims, key

    def _remember(self, token: str, expires: int, caller: Caller) -> None:
        if len(self._verified) >= REMEMBERED:
            del self._verified[next(iter(self._verified))]  # the oldest, which ends first
        self._verified[token] = (expires, caller)


def _signed(token: str, keys: Sequence[TrustedKey]) -> tuple[bytes, TrustedKey]:
    """Return a token's claims, and the key that signed it; InvalidSignatureError when no key did."""
    *others, last = keys
    for key in others:
        with suppress(jwt.InvalidSignatureError):
            return _jws.decode(token, key.material, algorithms=[key.algorithm]), key
    return _jws.decode(token, last.material, algorithms=[last.algorithm]), last


def _check_lifetime(claims: _Claims, now: float) -> None:
    if claims.exp <= now - SKEW:
        raise Unverified(f"a token of {claims.iss} has expired")
    if claims.iat > now + SKEW:
        raise Unverified(f"a token of {claims.iss} is not valid yet")
    if not 0 < claims.exp - claims.iat <= LIFE:
        raise Unverified(f"a token of {claims.iss} lives longer than {LIFE} s")


class Credentials:
    """The tokens of a service for its callees. One token per callee and operation is cached until it ages."""

    def __init__(
        self, name: str, key: SigningKey, *, clock: Clock = time.time, live: LiveSetting | None = None
    ) -> None:
        self.name = name
        self._key, self._live = key, live
        self._clock = clock
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Credentials":
        """Read the service's own key from its settings; SettingsError when it is missing or malformed."""
        if settings.service_jwt_secret is None:
            raise SettingsError(["SERVICE_JWT_SECRET is missing; this service needs it to sign its calls."])
        try:
            live = LiveSetting("SERVICE_JWT_SECRET", settings.service_jwt_secret)
            return cls(settings.service_name, signing_key(settings.service_jwt_secret), live=live)
        except KeyProblem as problem:
            raise SettingsError([f"SERVICE_JWT_SECRET is malformed: {problem}."]) from None

    def token(self, audience: str, operation: str) -> str:
        """Return a token for one operation of a callee, with at least half of its life left."""
        now = self._clock()
        if self._live and self._live.changed():
            self._renew(self._live.text)
        renew, token = self._tokens.get((audience, operation), (0.0, ""))
        if now >= renew:
            base = operation.partition(":")[0]  # `read:KEY` is asked of a route whose operation is `read`
            token = mint(self._key, self.name, audience, {base, operation}, now=now)
            self._tokens[audience, operation] = (now + LIFE / 2, token)
        return token

    def _renew(self, text: str) -> None:
        """Load a changed signing key; a malformed one changes nothing."""
        try:
            self._key = signing_key(text)
        except KeyProblem as problem:
            logger.error("SERVICE_JWT_SECRET is malformed now; the earlier one stays in use: %s", problem)  # noqa: TRY400 - a trace has no news
            return
        self._tokens.clear()
        logger.info("SERVICE_JWT_SECRET has changed")

    def header(self, audience: str, operation: str) -> str:
        """Return the value of `X-Service-Token` for one operation of a callee."""
        return f"Bearer {self.token(audience, operation)}"
