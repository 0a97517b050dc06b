"""A provider's public keys (JWK set, RFC 7517), fetched on demand and cached through outages.

PyJWT's own `PyJWKClient` is not used: it blocks the event loop, fetches again for every unknown key id of an attacker,
and turns an outage into a failed verification.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from stead.kit.cleanup import end, finish
from stead.kit.component import HealthUnknown
from stead.kit.external_client import ExternalAnswer, ExternalClient
from stead.services.auth.providers.provider import RejectedError, UnavailableError

logger = logging.getLogger(__name__)

OK = 200
PAUSE_SECONDS = 5.0  # between two fetches, whoever asks
FRESH_SECONDS = 3600.0  # then the set is fetched again, in the background
TIMEOUT_SECONDS = 3.0
LARGEST_SET = 262_144
SMALLEST_KEY_BITS = 2048

PublicKey = RSAPublicKey | Ed25519PublicKey | EllipticCurvePublicKey
# What a key of each algorithm says of itself, and its public parts; whatever else an entry holds is not read.
FORMS: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "RS256": ({"kty": "RSA"}, ("n", "e")),
    "ES256": ({"kty": "EC", "crv": "P-256"}, ("x", "y")),
    "EdDSA": ({"kty": "OKP", "crv": "Ed25519"}, ("x",)),
}
READ: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "RS256": RSAAlgorithm.from_jwk,
    "ES256": ECAlgorithm.from_jwk,
    "EdDSA": OKPAlgorithm.from_jwk,
}


class KeySetServer(ExternalClient):
    """A client of a provider's server for its key set."""

    name = "key set"

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        origin = f"{address.scheme}://{address.netloc}"
        super().__init__(origin, timeout=TIMEOUT_SECONDS)
        self._path = url[len(origin) :]

    async def fetch(self) -> ExternalAnswer:
        return await self._send("GET", self._path)


class KeySet:
    """The keys of one algorithm behind an https:, http: or file: URL."""

    name = "key set"
    required = False  # without the provider, webhooks are still taken and only verification answers 503

    def __init__(self, url: str, algorithm: str = "RS256", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._algorithm = algorithm
        self._clock = clock
        self._keys: Mapping[str, PublicKey] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._failed = False
        self._lock = asyncio.Lock()
        self._background: asyncio.Task[None] | None = None
        self._server = None if urlsplit(url).scheme == "file" else KeySetServer(url)

    async def open(self) -> None:
        if self._server:
            await self._server.open()

    async def close(self) -> None:
        if self._background:
            await finish(end(self._background))
        if self._server:
            await self._server.close()

    async def check(self) -> None:
        """Report the result of the last fetch; unknown when it is older than a few seconds."""
        if self._clock() - self._tried_at > PAUSE_SECONDS:
            raise HealthUnknown
        if self._failed:
            raise UnavailableError("the key set cannot be fetched")

    async def key(self, kid: str) -> PublicKey:
        """Return the key of that id; RejectedError: the set has none; UnavailableError: the set is not available."""
        found = self._keys.get(kid)
        if found is None:
            await self._refresh(lambda: kid in self._keys)
            return self._after_refresh(kid)
        if self._clock() - self._fetched_at > FRESH_SECONDS:
            self._refresh_in_background()
        return found

    def _after_refresh(self, kid: str) -> PublicKey:
        found = self._keys.get(kid)
        if found is not None:
            return found
        if self._failed:
            raise UnavailableError("the key set cannot be fetched")
        raise RejectedError("unknown key id")

    def _refresh_in_background(self) -> None:
        if self._background is None or self._background.done():
            self._background = asyncio.create_task(self._refresh(lambda: False))

    async def _refresh(self, satisfied: Callable[[], bool]) -> None:
        """Fetch the set, unless someone else just did: one at a time, with a pause between two."""
        async with self._lock:
            if satisfied() or self._clock() - self._tried_at < PAUSE_SECONDS:
                return
            self._tried_at = self._clock()
            try:
                self._keys = keys_of(await self._fetch(), self._algorithm)
            except (OSError, ValueError, RecursionError) as error:
                self._failed = True
                count = len(self._keys)
                logger.warning(
                    "key set not fetched; the last valid one stays in use", extra={"reason": str(error), "kept": count}
                )
            else:
                self._failed = False
                self._fetched_at = self._tried_at

    async def _fetch(self) -> bytes:
        if self._server is None:
            file = Path(url2pathname(urlsplit(self._url).path))
            return await asyncio.to_thread(file.read_bytes)
        answer = await self._server.fetch()
        if answer.status != OK:
            raise ValueError(f"the server of the key set answered {answer.status}")
        if len(answer.content) > LARGEST_SET:
            raise ValueError("the key set is too large")
        return answer.content


def keys_of(document: bytes, algorithm: str = "RS256") -> dict[str, PublicKey]:
    """Return a JWK set's keys for an algorithm by id; ValueError without any."""
    parsed = json.loads(document)
    entries = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(entries, list):
        raise ValueError("not a JWK set")  # noqa: TRY004 - a wrong document, not a wrong argument
    usable = [entry for entry in entries if _is_usable(entry, algorithm)]
    found = {entry["kid"]: key for entry in usable if (key := _public_key(entry, algorithm))}
    if not found:
        raise ValueError(f"the JWK set has no usable key for {algorithm}")
    return found


def _is_usable(entry: object, algorithm: str) -> TypeGuard[Mapping[str, Any]]:
    form, _ = FORMS[algorithm]
    return (
        isinstance(entry, dict)
        and all(entry.get(name) == value for name, value in form.items())
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", algorithm) == algorithm
        and isinstance(entry.get("kid"), str)
    )


def _public_key(entry: Mapping[str, Any], algorithm: str) -> PublicKey | None:
    """Read the public part, whatever else the entry holds."""
    form, parts = FORMS[algorithm]
    try:
        key = READ[algorithm]({**form, **{name: entry.get(name) for name in parts}})
    except (InvalidKeyError, ValueError, TypeError):
        return None
    if isinstance(key, RSAPublicKey):
        return key if key.key_size >= SMALLEST_KEY_BITS else None
    return key if isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey) else None
