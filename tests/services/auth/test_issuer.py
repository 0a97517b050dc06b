"""JWTs of another issuer: by a shared secret, and by a key set of each algorithm."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from stead.services.auth import Jwt
from stead.services.auth.providers.issuer import Issuer, of_set
from stead.services.auth.providers.key_set import KeySet, keys_of
from stead.services.auth.providers.provider import RejectedError, verify

ISSUER, AUDIENCE = "https://id.partner.test", "stead"
SECRET = "a shared secret that is long enough, surely"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {
    "RS256": (RSA, RSAAlgorithm, "key-rs"),
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm, "key-es"),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm, "key-ed"),
}


def entry(algorithm, key=None, **more):
    own, kind, kid = KEYS[algorithm]
    public = kind.to_jwk((key or own).public_key(), as_dict=True)
    return {**public, "kid": kid, "use": "sig", "alg": algorithm, **more}


@pytest.fixture(scope="module")
def key_set(tmp_path_factory):
    """One set that holds a key of each kind, as issuers publish them."""
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    file.write_text(json.dumps({"keys": [entry(algorithm) for algorithm in KEYS]}))
    return file.as_uri()


def claims(**more):
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": now, "nbf": now, "exp": now + 60}
    return {name: value for name, value in {**usual, **more}.items() if value is not None}


def token(algorithm, *, key=None, headers=None, **more):
    own, kid = (SECRET, None) if algorithm == "HS256" else (KEYS[algorithm][0], KEYS[algorithm][2])
    named = {"kid": kid} if kid else {}
    return jwt.encode(claims(**more), key or own, algorithm, headers={**named, **(headers or {})})


ALGORITHMS = ["HS256", *KEYS]


@pytest.fixture(params=ALGORITHMS)
def algorithm(request):
    return request.param


@pytest.fixture
def issued(algorithm, key_set, described):
    """Return what runs auth with this one issuer."""
    settings = {"AUTH_JWT_SECRET": SECRET} if algorithm == "HS256" else {}
    keys = "" if algorithm == "HS256" else key_set
    return lambda **more: described(Jwt(ISSUER, AUDIENCE, algorithm, keys, **more), **settings)


async def ask(app, shown):
    return await app.post("/v1/verify", caller="game", json={"token": shown})


async def test_a_token_is_its_users(issued, algorithm):
    async with issued() as app:
        answer = await ask(app, token(algorithm, name="Ann\n Lee", aud=["other", AUDIENCE], act={"sub": "staff"}))
        said = answer.json()
        assert said.pop("expires_at")
        assert (answer.status_code, said) == (
            200,
            {"user_id": "ann", "method": "jwt", "actor": "staff", "name": "Ann Lee"},
        )


async def test_a_prefix_and_a_name_tell_its_users_from_others(issued, algorithm):
    async with issued(prefix="partner:") as app:
        assert (await ask(app, token(algorithm))).json()["user_id"] == "partner:ann"
        assert (await ask(app, token(algorithm, sub="a" * 250))).status_code == 401  # too long, with its prefix


def now(seconds):
    return int(time.time()) + seconds


REFUSED = {
    "expired": {"exp": now(-8)},
    "without expiry": {"exp": None},
    "not valid yet": {"nbf": now(7200)},
    "issued in the future": {"iat": now(7200)},
    "of another issuer": {"iss": "https://other.test"},
    "without issuer": {"iss": None},
    "for somebody else": {"aud": "other"},
    "for a list of others": {"aud": ["other", "stead2"]},
    "for nobody": {"aud": None},
    "without subject": {"sub": None},
    "with an empty subject": {"sub": ""},
    "with a subject that cannot be shown": {"sub": "ann\u0000"},
    "with an infinite expiry": {"exp": float("inf")},
}


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def headed(algorithm, **headers):
    return lambda: token(algorithm, headers=headers)


def crossed(algorithm):
    """Every way to sign but the one that counts, under the key id that does."""
    kid = {} if algorithm == "HS256" else {"kid": KEYS[algorithm][2]}
    for other in (*ALGORITHMS, "HS512"):
        if other != algorithm:
            key = SECRET + SECRET if other.startswith("HS") else KEYS[other][0]
            yield jwt.encode(claims(), key, other, headers=kid)
    yield jwt.encode(claims(), None, "none", headers=kid)
    yield f"{encoded({'alg': algorithm, **kid})}.{encoded(claims())}."


async def test_whatever_is_wrong_the_answer_is_one_and_the_reason_is_logged(issued, algorithm, reasons):
    thief = ec.generate_private_key(ec.SECP256R1())
    shown = [token(algorithm, **wrong) for wrong in REFUSED.values()]
    shown += [token(algorithm, headers=headers) for headers in ({"crit": ["exp"]}, {"crit": []}, {"b64": False})]
    shown += [jwt.encode(claims(), thief, "ES256", headers={"jwk": {**entry("ES256", thief)}, "jku": "https://x.test"})]
    shown += [*crossed(algorithm), token(algorithm)[:-4], token(algorithm) + "é", token(algorithm, more="x" * 20_000)]
    if algorithm != "HS256":
        shown += [token(algorithm, headers={"kid": kid}) for kid in ("unknown", "", "../key-rs")]
    async with issued() as app:
        answers = [await ask(app, each) for each in shown]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.content for answer in answers}) == 1
        assert len(reasons()) == len(shown)
        assert (await ask(app, token(algorithm))).status_code == 200


async def test_a_public_key_is_no_shared_secret(key_set):
    issuer = Issuer("jwt", ISSUER, AUDIENCE, "RS256", of_set(KeySet(key_set)))
    signed = f"{encoded({'alg': 'HS256', 'kid': 'key-rs'})}.{encoded(claims())}"
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    forged = f"{signed}.{encoded(hmac.digest(public, signed.encode(), hashlib.sha256))}"
    with pytest.raises(RejectedError):
        await verify((issuer,), forged)


async def test_an_outage_of_the_key_set_is_no_verdict(described):
    async with described(Jwt(ISSUER, AUDIENCE, "EdDSA", "http://127.0.0.1:9/jwks.json")) as app:
        answer = await ask(app, token("EdDSA"))
        assert (answer.status_code, answer.json()["code"]) == (503, "verifier_unavailable")
        assert (await ask(app, "hello")).status_code == 401
        assert {(await app.get(path)).status_code for path in ("/health", "/readyz")} == {200}


ODD = {
    "RS256": [{"n": "!"}, {"n": None}, {"alg": "RS384"}, {"kty": "EC"}],
    "ES256": [{"x": "!"}, {"y": None}, {"crv": "P-384"}, {"alg": "ES384"}, {"x": "AAAA"}],
    "EdDSA": [{"x": "AAAA"}, {"x": None}, {"crv": "Ed448"}, {"crv": "X25519"}, {"alg": "ES256"}],
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_only_keys_that_may_verify_are_taken(algorithm):
    odd = [entry(algorithm, kid=f"odd-{n}", **change) for n, change in enumerate(ODD[algorithm])]
    odd += [5, entry(algorithm, kid=5), entry(algorithm, kid="enc", use="enc")]
    odd += [entry(other) for other in KEYS if other != algorithm]
    odd += [{**OKPAlgorithm.to_jwk(ed448.Ed448PrivateKey.generate().public_key(), as_dict=True), "kid": "ed448"}]
    with pytest.raises(ValueError, match=algorithm):
        keys_of(json.dumps({"keys": odd}).encode(), algorithm)
    found = keys_of(json.dumps({"keys": [*odd, entry(algorithm)]}).encode(), algorithm)
    assert set(found) == {KEYS[algorithm][2]}


def test_a_private_key_that_was_published_is_read_as_its_public_half():
    private = OKPAlgorithm.to_jwk(KEYS["EdDSA"][0], as_dict=True)
    [key] = keys_of(json.dumps({"keys": [{**private, "kid": "x"}]}).encode(), "EdDSA").values()
    assert isinstance(key, ed25519.Ed25519PublicKey)
