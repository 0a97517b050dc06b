"""Clerk's session tokens: what is one, and a table of what is not."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from stead.services.auth.providers.clerk import Clerk
from stead.services.auth.providers.key_set import KeySet
from stead.services.auth.providers.provider import RejectedError, verify
from stead.testing.clerk import StandInClerk

SECRET = "a shared secret that is long enough, surely"


@pytest.fixture(scope="module")
def instance():
    return StandInClerk()


@pytest.fixture
def provider(instance, tmp_path):
    return Clerk(instance.issuer, KeySet(instance.write_key_set(tmp_path)), parties=frozenset({"https://app.test"}))


async def test_a_session_token_is_its_users(instance, provider):
    identity = await verify((provider,), instance.session("user_1"))
    assert (identity.user_id, identity.method, identity.session) == ("user_1", "clerk", "sess_user_1")
    assert abs(identity.expires_at.timestamp() - time.time() - 60) < 5
    assert identity.actor is None


async def test_impersonation_is_passed_on(instance, provider):
    identity = await verify((provider,), instance.session("user_1", act={"sub": "user_staff"}))
    assert (identity.user_id, identity.actor) == ("user_1", "user_staff")


@pytest.mark.parametrize("claims", [{"azp": "https://app.test"}, {"sts": "active"}, {"aud": "anything"}, {"nbf": None}])
async def test_what_may_be_there_does_not_matter(instance, provider, claims):
    assert (await verify((provider,), instance.session("user_1", **claims))).user_id == "user_1"


def now(seconds):
    return int(time.time()) + seconds


async def test_five_seconds_of_skew_are_tolerated(instance, provider):
    assert await verify((provider,), instance.session("user_1", exp=now(-2)))
    assert await verify((provider,), instance.session("user_1", nbf=now(3), iat=now(3)))


CLAIMS = {
    "expired": {"exp": now(-8)},
    "not yet valid": {"nbf": now(7200)},
    "issued in the future": {"iat": now(7200)},
    "without expiry": {"exp": None},
    "an expiry that is text": {"exp": "soon"},
    "an expiry out of the calendar": {"exp": 10**30},
    "an infinite expiry": {"exp": float("inf")},
    "an expiry that is not a number": {"exp": float("nan")},
    "of another issuer": {"iss": "https://other.test"},
    "without issuer": {"iss": None},
    "without subject": {"sub": None},
    "with an empty subject": {"sub": ""},
    "with a subject that is a number": {"sub": 5},
    "with a subject of control characters": {"sub": "user\x00"},
    "with a subject too long": {"sub": "u" * 256},
    "without session: a template's token": {"sid": None},
    "with a session that is a number": {"sid": 5},
    "pending": {"sts": "pending"},
    "of another party": {"azp": "https://evil.test"},
    "of a party that is a list": {"azp": 5},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS.keys())
async def test_a_token_is_refused_that_is(instance, provider, claims):
    with pytest.raises(RejectedError):
        await verify((provider,), instance.session("user_1", **claims))


@pytest.mark.parametrize("headers", [{"crit": ["exp"]}, {"crit": []}, {"kid": "unknown"}, {"kid": ""}])
async def test_a_header_is_refused_that_is_not_understood(instance, provider, headers):
    with pytest.raises(RejectedError):
        await verify((provider,), instance.session("user_1", headers=headers))


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def forged(instance, **header):
    return f"{encoded({'kid': instance.kid, 'typ': 'JWT', **header})}.{encoded(instance.claims('user_1'))}"


def public_pem(instance):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return instance.key.public_key().public_bytes(serialization.Encoding.PEM, form)


def hmac_with_the_public_key(instance):
    """Build the classic confusion by hand: PyJWT itself would refuse to sign it."""
    import hashlib
    import hmac

    signed = forged(instance, alg="HS256")
    mac = hmac.new(public_pem(instance), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(mac)}"


FORGERIES = {
    "nothing": lambda _: "",
    "no token": lambda _: "hello",
    "dots": lambda _: "..",
    "an API token": lambda _: "pat_abc",
    "unsigned": lambda one: forged(one, alg="none") + ".",
    "unsigned, shouting": lambda one: forged(one, alg="NONE") + ".",
    "without signature": lambda one: forged(one, alg="RS256") + ".",
    "of another key": lambda one: StandInClerk(one.issuer, kid=one.kid).session("user_1"),
    "of the public key as a secret": hmac_with_the_public_key,
    "of another algorithm": lambda one: jwt.encode(one.claims("user_1"), one.key, "RS384", headers={"kid": one.kid}),
    "of PSS": lambda one: jwt.encode(one.claims("user_1"), one.key, "PS256", headers={"kid": one.kid}),
    "without key id": lambda one: jwt.encode(one.claims("user_1"), one.key, "RS256"),
    "of HS256": lambda one: jwt.encode(one.claims("user_1"), SECRET, "HS256", headers={"kid": one.kid}),
    "cut short": lambda one: one.session("user_1")[:-3],
    "too long": lambda one: one.session("user_1", more="x" * 20_000),
    "of a header nested too deep": lambda _: f"{encoded(b'[' * 9000)}.{encoded({})}.",
    "of claims nested too deep": lambda _: f"{encoded({'alg': 'RS256'})}.{encoded(b'[' * 9000)}.AAAA",
    "of a header that is a list": lambda one: f"{encoded([])}.{encoded(one.claims('user_1'))}.AAAA",
    "of claims that are a list": lambda _: f"{encoded({'alg': 'RS256'})}.{encoded([])}.AAAA",
    "beyond ASCII": lambda one: one.session("user_1") + "é",
    "with two signatures": lambda one: one.session("user_1") + ".AAAA",
}


@pytest.mark.parametrize("make", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_forgery_is_refused_that_is(instance, provider, make):
    with pytest.raises(RejectedError):
        await verify((provider,), make(instance))


async def test_the_providers_other_claims_cannot_bring_a_key(instance, provider):
    thief = StandInClerk(instance.issuer, kid="thief")
    headers = {"kid": instance.kid, "jwk": thief.key_set()["keys"][0], "jku": "https://evil.test/jwks.json", "x5u": "x"}
    with pytest.raises(RejectedError):
        await verify((provider,), thief.session("user_1", headers=headers))


@pytest.fixture
def symmetric(instance, tmp_path):
    return Clerk(instance.issuer, KeySet(instance.write_key_set(tmp_path)), SECRET)


async def test_where_a_secret_is_set_tokens_are_hs256(instance, symmetric):
    token = jwt.encode(instance.claims("user_1"), SECRET, "HS256")
    assert (await verify((symmetric,), token)).user_id == "user_1"


async def test_where_a_secret_is_set_nothing_else_is_accepted(instance, symmetric):
    for token in (
        instance.session("user_1"),
        jwt.encode(instance.claims("user_1"), SECRET + SECRET, "HS512"),
        jwt.encode(instance.claims("user_1"), SECRET + "!", "HS256"),
    ):
        with pytest.raises(RejectedError):
            await verify((symmetric,), token)
