"""The test vectors of the protocol between services: tokens and headers, each with the right verdict.

Who writes a service or a client without the kit holds their code against docs/protocol-vectors.json. The keys are those
of RFC 8037, appendix A, and of the bytes 0 to 31: published, so that nobody takes them for secrets.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import jwt
import msgspec

from stead.kit.caller import LIFE
from stead.kit.key import public_jwk, signing_key
from stead.model.user_id import LONGEST

PRIVATE = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
OTHER_PRIVATE = {"kty": "OKP", "crv": "Ed25519", "d": base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")}
CALLER, CALLEE, NOW = "orders", "points", 1_700_000_000
GRANTED = ("award", "read")

_jws = jwt.PyJWS()


def vectors() -> dict[str, Any]:
    """Return all vectors, as they are written to docs/protocol-vectors.json."""
    key = msgspec.json.encode(PRIVATE).decode()
    return {
        "audience": CALLEE,
        "now": NOW,
        "SERVICE_JWT_SECRET of the caller": PRIVATE,
        "SERVICE_JWT_KEYS of the callee": {"keys": [public_jwk(key, CALLER, GRANTED)]},
        "tokens": list(tokens(NOW)),
        "user ids": list(_user_ids()),
    }


def text() -> str:
    """Return the file's text."""
    return json.dumps(vectors(), indent=2, ensure_ascii=True) + "\n"


def claims(now: int, **changed: Any) -> dict[str, Any]:
    """Return the claims of a good token, with some changed; None leaves a claim out."""
    usual = {"iss": CALLER, "aud": CALLEE, "scope": "award", "iat": now, "exp": now + LIFE, "jti": "vector"}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def tokens(now: int) -> Iterator[dict[str, Any]]:
    """Yield every token with its verdict, as it is at that time."""
    yield from _good_tokens(now)
    for about, changed in _bad_claims(now).items():
        yield _bad(about, _signed(claims(now, **changed)))
    for name in claims(now):
        yield _bad(f"no {name}", _signed(claims(now, **{name: None})))
    yield _bad("signed by another key", _signed(claims(now), key=OTHER_PRIVATE))
    yield _bad("an extension that must be understood", _signed(claims(now), crit=["b64"]))
    yield _bad("no signature, algorithm none", _unsigned(claims(now)))
    yield _bad("the public key taken for a shared secret", _shared(claims(now)))
    yield _bad("the last character of the signature changed", _changed(_signed(claims(now))))
    head, _, end = _signed(claims(now)).split(".")
    yield _bad("other claims under the same signature", f"{head}.{_encoded(claims(now, scope='read'))}.{end}")


def _changed(token: str) -> str:
    """Change what the last characters say; one signature in sixteen ends in AA by itself."""
    return token[:-2] + ("QA" if token.endswith("AA") else "AA")


def _good_tokens(now: int) -> Iterator[dict[str, Any]]:
    yield _good("a token for one operation", _signed(claims(now)), ["award"])
    yield _good("a token for two operations", _signed(claims(now, scope="award read")), ["award", "read"])
    yield _good("an operation that was not granted is left out", _signed(claims(now, scope="award drop")), ["award"])
    yield _good("a token without an operation", _signed(claims(now, scope="")), [])
    yield _good("a clock that is 4 s behind", _signed(claims(now, iat=now + 4, exp=now + 64)), ["award"])


def _bad_claims(now: int) -> dict[str, dict[str, Any]]:
    return {
        "expired 6 s ago": {"iat": now - 66, "exp": now - 6},
        "issued 6 s from now": {"iat": now + 6, "exp": now + 66},
        "lives one second too long": {"exp": now + LIFE + 1},
        "ends before it begins": {"iat": now + 2, "exp": now + 1},
        "made for another service": {"aud": "sessions"},
        "a list of audiences": {"aud": [CALLEE, "sessions"]},
        "an issuer that is not in the key set": {"iss": "stranger"},
    }


def _user_ids() -> Iterator[dict[str, Any]]:
    good = {
        "plain": "user_2abc",
        "a blank inside": "ann smith",
        "letters beyond ASCII": "анна",
        "an e-mail": "a@b.example",
    }
    bad = {
        "empty": "",
        "a blank before": " ann",
        "a blank after": "ann ",
        "a line feed": "ann\nbob",
        "a control character": "ann\x00",
        "a mark that turns text round": "ann\u202e",
        "too long": "a" * (LONGEST + 1),
    }
    for verdict, ids in ((True, good), (False, bad)):
        yield from ({"about": about, "id": value, "valid": verdict} for about, value in ids.items())


def _good(about: str, token: str, operations: list[str]) -> dict[str, Any]:
    return {"about": about, "token": token, "valid": True, "operations": operations}


def _bad(about: str, token: str) -> dict[str, Any]:
    return {"about": about, "token": token, "valid": False}


def _signed(payload: dict[str, Any], *, key: dict[str, str] = PRIVATE, **header: Any) -> str:
    material = signing_key(msgspec.json.encode(key).decode()).material
    return _jws.encode(msgspec.json.encode(payload), material, "EdDSA", headers={"kid": CALLER, **header})


def _shared(payload: dict[str, Any]) -> str:
    """Sign with the public key's text as an HMAC secret, which a verifier that trusts the header would accept."""
    return _jws.encode(msgspec.json.encode(payload), PRIVATE["x"].encode(), "HS256", headers={"kid": CALLER})


def _unsigned(payload: dict[str, Any]) -> str:
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{_encoded(payload)}."


def _encoded(payload: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(payload)).rstrip(b"=").decode()
