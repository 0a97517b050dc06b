"""Who calls: what a keyring believes, and what it does not."""

import base64
import json
import time
import tracemalloc

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from stead.kit import caller as module
from stead.kit.caller import Caller, Credentials, Keyring, Unverified, mint
from stead.kit.key import SHARED, SigningKey, jwk_set, new_private_key, public_jwk, signing_key, trusted_keys
from stead.kit.settings import ServiceSettings, SettingsError

NOW = 1_800_000_000
PRIVATE = new_private_key("auth-service")
KEY = signing_key(PRIVATE)
SECRET = "a shared secret of thirty-two bytes!"


class Clock:
    now = float(NOW)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keyring(clock):
    entries = {"a": public_jwk(PRIVATE, "auth-service", ("award", "read"))}
    return Keyring(trusted_keys(jwk_set(entries), None), "points-service", clock=clock)


def claims(**other):
    usual = {"iss": "auth-service", "aud": "points-service", "scope": "award", "iat": NOW, "exp": NOW + 300, "jti": "1"}
    return {name: value for name, value in (usual | other).items() if value is not None}


def signed(key=KEY, headers=None, **other):
    return jwt.encode(claims(**other), key.material, key.algorithm, headers=headers)


def unsigned(alg="none", **other):
    parts = ({"alg": alg, "typ": "JWT"}, claims(**other))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def test_a_minted_token_holds(keyring):
    token = mint(KEY, "auth-service", "points-service", ("read", "award"), now=NOW)
    assert keyring.verify(token) == Caller("auth-service", frozenset({"read", "award"}))


def test_a_token_grants_nothing_beyond_the_keyring(keyring):
    assert keyring.verify(signed(scope="award reverse")).operations == {"award"}


def test_an_operation_is_granted_only_when_the_token_says_it(keyring):
    assert keyring.verify(signed(scope="")).operations == frozenset()


def test_clocks_may_differ_a_little(keyring, clock):
    assert keyring.verify(signed(iat=NOW + 5, exp=NOW + 305))
    clock.now = NOW + 304.5
    assert keyring.verify(signed())


PUBLIC_PEM = KEY.material.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
PUBLIC_RAW = KEY.material.public_key().public_bytes_raw()


def confused(material):
    """A token signed by HMAC with what everybody knows: the public key. PyJWT refuses to make it, so by hand."""
    head = unsigned("HS256").rstrip(".")
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(head.encode(), material)
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


DEEP = b'{"x":'

FORGED = {
    "another audience": lambda: signed(aud="content-service"),
    "several audiences": lambda: signed(aud=["points-service"]),
    "no audience": lambda: signed(aud=None),
    "an undeclared caller": lambda: signed(signing_key(new_private_key("x")), iss="content-service"),
    "another one's key": lambda: signed(signing_key(new_private_key("auth-service"))),
    "no issuer": lambda: signed(iss=None),
    "expired": lambda: signed(iat=NOW - 400, exp=NOW - 5),
    "no end": lambda: signed(exp=None),
    "lives too long": lambda: signed(exp=NOW + 301),
    "ends before it begins": lambda: signed(iat=NOW + 4, exp=NOW + 3),
    "from the future": lambda: signed(iat=NOW + 6, exp=NOW + 100),
    "no beginning": lambda: signed(iat=None),
    "no id": lambda: signed(jti=None),
    "no scope": lambda: signed(scope=None),
    "a time that is not a number": lambda: unsigned(exp="tomorrow"),
    "unsigned": lambda: signed().rpartition(".")[0] + ".",
    "alg none": unsigned,
    "alg None": lambda: unsigned("None"),
    "HMAC with the public key": lambda: confused(PUBLIC_RAW),
    "HMAC with the public key as PEM": lambda: confused(PUBLIC_PEM),
    "critical extension": lambda: signed(headers={"crit": ["exp"], "exp": 1}),
    "critical and known": lambda: signed(headers={"crit": ["b64"], "b64": True}),
    "altered": lambda: signed()[:-4] + "AAAA",
    "empty": lambda: "",
    "no token at all": lambda: "points-service",
    "two dots": lambda: "..",
    "not base64": lambda: "é.é.é",
    "a list": lambda: f"{signed().split('.')[0]}.{base64.urlsafe_b64encode(b'[]').decode()}.x",
    "deep": lambda: f"{signed().split('.')[0]}.{base64.urlsafe_b64encode(b'[' * 20000).decode().rstrip('=')}.x",
    "deep in a claim": lambda: (
        f"{signed().split('.')[0]}.{base64.urlsafe_b64encode(DEEP + b'[' * 20000).decode().rstrip('=')}.x"
    ),
    "deep in the header": lambda: f"{base64.urlsafe_b64encode(DEEP + b'[' * 20000).decode().rstrip('=')}.e30.x",
}


@pytest.mark.parametrize("name", FORGED)
def test_what_does_not_hold(keyring, name):
    with pytest.raises(Unverified):
        keyring.verify(FORGED[name]())


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "kid"])
def test_a_header_cannot_choose_the_key(keyring, name):
    other = new_private_key("auth-service")
    chosen = public_jwk(other, "auth-service") if name == "jwk" else "https://example.com/keys"
    with pytest.raises(Unverified):
        keyring.verify(signed(signing_key(other), headers={name: chosen}))
    assert keyring.verify(signed(headers={name: chosen}))  # ignored beside the right key


def test_what_verified_is_remembered_until_it_ends(keyring, clock, monkeypatch):
    token = signed()
    first = keyring.verify(token)
    monkeypatch.setattr(Keyring, "_check", None)  # a second check would fail
    clock.now = NOW + 299.9
    assert keyring.verify(token) is first
    monkeypatch.undo()
    clock.now = NOW + 306
    with pytest.raises(Unverified, match="expired"):
        keyring.verify(token)


def test_memory_is_bounded(keyring, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 8)
    tokens = [signed(jti=str(n)) for n in range(50)]
    for token in tokens:
        keyring.verify(token)
    assert len(keyring._verified) == 8
    assert list(keyring._verified) == tokens[-8:]
    for n in range(50):
        with pytest.raises(Unverified):
            keyring.verify(f"{tokens[0]}{n}")
    assert len(keyring._verified) == 8  # nothing that failed is kept


def test_a_remembered_token_is_cheap(keyring):
    token = signed()
    keyring.verify(token)
    tracemalloc.start()
    begun = time.perf_counter()
    for _ in range(2000):
        keyring.verify(token)
    spent = time.perf_counter() - begun
    tracemalloc.stop()
    assert spent / 2000 < 20e-6


def test_a_shared_secret_uses_the_same_path(clock):
    entries = {"a": public_jwk(SECRET, "auth-service", ("award",))}
    keyring = Keyring(trusted_keys(jwk_set(entries), SECRET), "points-service", clock=clock)
    shared = signing_key(SECRET)
    assert keyring.verify(signed(shared)).operations == {"award"}
    for forged in (signed(), signed(shared, iss="content-service"), signed(SigningKey(SHARED, b"x" * 32)), unsigned()):
        with pytest.raises(Unverified):
            keyring.verify(forged)


def test_credentials_keep_a_token_for_half_its_life(clock, keyring):
    credentials = Credentials("auth-service", KEY, clock=clock)
    first = credentials.token("points-service", "award")
    assert keyring.verify(first).operations == {"award"}
    assert credentials.header("points-service", "award") == f"Bearer {first}"
    assert credentials.token("points-service", "read") != first
    assert credentials.token("content-service", "award") != first
    clock.now = NOW + 149
    assert credentials.token("points-service", "award") == first
    clock.now = NOW + 151
    assert credentials.token("points-service", "award") != first


@pytest.mark.parametrize(
    "said", [{"service_jwt_keys": "{"}, {"service_jwt_keys": '{"keys":[{"kty":"oct","kid":"a"}]}'}]
)
def test_a_malformed_keyring_stops_the_service(said):
    with pytest.raises(SettingsError, match="SERVICE_JWT_KEYS is malformed: "):
        Keyring.of(ServiceSettings(service_name="points-service", **said))


@pytest.mark.parametrize(("text", "says"), [(None, "is missing"), ("short", "is malformed"), ("{}", "is malformed")])
def test_a_caller_without_a_key_of_its_own_does_not_start(text, says):
    with pytest.raises(SettingsError, match=f"SERVICE_JWT_SECRET {says}"):
        Credentials.of(ServiceSettings(service_name="auth-service", service_jwt_secret=text))
