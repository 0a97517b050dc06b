"""What the signing key makes: digests, successors and the keys of access tokens."""

from datetime import UTC, datetime, timedelta

import jwt
import msgspec
import pytest

from stead.services.sessions.signing import SecretError, SigningKeyring

OLD, NEW = "o" * 32, "n" * 32
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = 604_800


class Claims(msgspec.Struct):
    sub: str = "user_1"


def verified(token, keys):
    header = jwt.get_unverified_header(token)
    key = next(key for key in keys if key.kid == header["kid"])
    return jwt.decode(token, jwt.PyJWK(msgspec.to_builtins(key)), algorithms=["ES256"])


def test_an_access_token_verifies_with_the_published_keys():
    ring = SigningKeyring.of(NEW)
    assert verified(ring.signer(NOW, WEEK).sign(Claims()), ring.published(NOW, WEEK)) == {"sub": "user_1"}


def test_every_process_derives_the_same_keys():
    assert SigningKeyring.of(NEW).published(NOW, WEEK) == SigningKeyring.of(NEW).published(NOW, WEEK)
    assert {key.kid for key in SigningKeyring.of(NEW).published(NOW, WEEK)}.isdisjoint(
        key.kid for key in SigningKeyring.of(OLD).published(NOW, WEEK)
    )


def test_a_key_is_published_a_period_before_it_signs_and_a_period_after():
    ring = SigningKeyring.of(NEW)
    kid = ring.signer(NOW, WEEK).public.kid
    published = {n: {k.kid for k in ring.published(NOW + n * timedelta(weeks=1), WEEK)} for n in range(-2, 3)}
    assert [n for n, kids in published.items() if kid in kids] == [-1, 0, 1]


def test_nothing_private_is_published():
    for key in SigningKeyring.of(NEW).published(NOW, WEEK):
        assert set(msgspec.to_builtins(key)) == {"kty", "crv", "kid", "use", "alg", "x", "y"}
    assert NEW not in repr(SigningKeyring.of(NEW))


def test_a_kid_is_the_thumbprint_of_rfc_7638():
    key = SigningKeyring.of(NEW).signer(NOW, WEEK).public
    assert len(key.kid) == 43


def test_a_secret_is_replaced_in_steps_with_both_believed():
    old, both, new = SigningKeyring.of(OLD), SigningKeyring.of(f"{NEW}, {OLD}"), SigningKeyring.of(NEW)
    assert both.digest("sess_x") == new.digest("sess_x")
    assert both.digests("sess_x") == (new.digest("sess_x"), old.digest("sess_x"))
    assert verified(old.signer(NOW, WEEK).sign(Claims()), both.published(NOW, WEEK))
    assert list(both.all_derived("seed", b"nonce")) == [new.derived("seed", b"nonce"), old.derived("seed", b"nonce")]


@pytest.mark.parametrize("text", ["", " , ", "short", f"{NEW},short"])
def test_a_secret_that_is_too_short_is_refused_and_not_shown(text):
    with pytest.raises(SecretError) as caught:
        SigningKeyring.of(text)
    assert "short" not in str(caught.value)
