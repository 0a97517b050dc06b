"""The keys of service tokens: how they are written in settings, and which algorithm goes with each.

A private key is an Ed25519 JWK (RFC 8037); anything that is not JSON is a shared secret of at least 32 bytes. The key
decides the algorithm, never the token's header: that closes the confusion of a public key with an HMAC secret.

Errors:
    KeyProblem       a key that cannot be used; the text never holds the key
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = "EdDSA"
SHARED = "HS256"
SHORTEST_SECRET = 32
MOST_KEYS = 2  # keys of one caller: the one that it signs with, and the previous or the next one

_T = TypeVar("_T")


class KeyProblem(ValueError):  # noqa: N818 - it holds one, as the package's own Problem does
    """A key that cannot be used."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs a service's calls."""

    algorithm: str
    material: Ed25519PrivateKey | bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A declared caller: the key that verifies its tokens, and the operations that it may ask for."""

    name: str
    algorithm: str
    material: Ed25519PublicKey | bytes = field(repr=False)
    may: frozenset[str]


class _Jwk(msgspec.Struct):
    kty: str
    kid: str = ""
    crv: str = ""
    x: str = ""
    d: str = ""
    may: tuple[str, ...] = ()


class _JwkSet(msgspec.Struct):
    keys: tuple[_Jwk, ...]


def new_private_key(name: str) -> str:
    """Return a fresh Ed25519 private JWK: what `SERVICE_JWT_SECRET` of that service holds."""
    private = Ed25519PrivateKey.generate()
    jwk = public_jwk(private, name) | {"d": _encode(private.private_bytes_raw())}
    return msgspec.json.encode(jwk).decode()


def public_jwk(private: Ed25519PrivateKey | str, name: str, may: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return the entry of a caller in the keyring of its callees.

    `private` is the caller's key, or its text as `SERVICE_JWT_SECRET` holds it; for a shared secret the entry has no
    key.
    """
    material = signing_key(private).material if isinstance(private, str) else private
    entry: dict[str, Any] = {"kid": name} if may is None else {"kid": name, "may": sorted(may)}
    if isinstance(material, bytes):
        return entry | {"kty": "oct"}
    return entry | {"kty": "OKP", "crv": "Ed25519", "x": _encode(material.public_key().public_bytes_raw())}


def shared_jwk(secret: str, name: str) -> dict[str, Any]:
    """Return a shared secret as a verification key in JWK form; it can also sign.

    An Ed25519 private key gives its public half.
    """
    material = signing_key(secret).material
    if not isinstance(material, bytes):
        return public_jwk(secret, name)
    return {"kid": name, "kty": "oct", "alg": SHARED, "k": _encode(material)}


def jwk_set(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text of a keyring: what `SERVICE_JWT_KEYS` holds."""
    return msgspec.json.encode({"keys": [entries[name] for name in sorted(entries)]}).decode()


def keyring(callers: Iterable[tuple[str, Iterable[str]]], keys: Callable[[str], Sequence[str]]) -> str:
    """Return the keyring of a callee.

    callers  each with the operations that it may ask for
    keys     of a caller, the keys that it may sign with, the newest first: two while one is rotated
    """
    entries = [public_jwk(key, name, tuple(may)) for name, may in sorted(callers) for key in keys(name)]
    return msgspec.json.encode({"keys": entries}).decode()


def signing_key(text: str) -> SigningKey:
    """Read `SERVICE_JWT_SECRET`."""
    if not text.lstrip().startswith("{"):
        return SigningKey(SHARED, _secret(text))
    jwk = _decoded(text, _Jwk)
    private = Ed25519PrivateKey.from_private_bytes(_ed25519(jwk, jwk.d))
    if jwk.x and jwk.x != _encode(private.public_key().public_bytes_raw()):
        raise KeyProblem("its public half (x) does not belong to its private half (d)")
    return SigningKey(ED25519, private)


def trusted_keys(text: str, secret: str | None) -> dict[str, tuple[TrustedKey, ...]]:
    """Read `SERVICE_JWT_KEYS`: issuer → keys. `secret` is what the `oct` entries, which hold no key, stand for.

    A caller has two keys during a rotation: its tokens are valid with either.
    """
    found: dict[str, tuple[TrustedKey, ...]] = {}
    for jwk in _decoded(text, _JwkSet).keys:
        if not jwk.kid:
            raise KeyProblem("a key has no kid: the kid must be the caller's name")
        found[jwk.kid] = (*found.get(jwk.kid, ()), _trusted(jwk, secret))
        if len(found[jwk.kid]) > MOST_KEYS:
            raise KeyProblem(f"more than {MOST_KEYS} keys for {jwk.kid}")
    return found


def _trusted(jwk: _Jwk, secret: str | None) -> TrustedKey:
    may = frozenset(jwk.may)
    if jwk.kty == "oct":
        if secret is None or secret.lstrip().startswith("{"):
            raise KeyProblem(f"the key of {jwk.kid} is shared, but SERVICE_JWT_SECRET holds no shared secret")
        return TrustedKey(jwk.kid, SHARED, _secret(secret), may)
    return TrustedKey(jwk.kid, ED25519, Ed25519PublicKey.from_public_bytes(_ed25519(jwk, jwk.x)), may)


def _ed25519(jwk: _Jwk, part: str) -> bytes:
    if (jwk.kty, jwk.crv) != ("OKP", "Ed25519"):
        raise KeyProblem(f"the key of {jwk.kid or 'an unnamed caller'} is not of type OKP with curve Ed25519")
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise KeyProblem(f"the key of {jwk.kid or 'an unnamed caller'} is not 32 bytes in base64url")
    return raw


def _secret(text: str) -> bytes:
    raw = text.encode()
    if len(raw) < SHORTEST_SECRET:
        raise KeyProblem(f"a shared secret needs at least {SHORTEST_SECRET} bytes, this one has {len(raw)}")
    return raw


def _decoded(text: str, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError:
        raise KeyProblem("not a JSON object of the expected form") from None  # msgspec's text could quote the key


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
