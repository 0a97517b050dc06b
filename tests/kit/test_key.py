"""The keys of service tokens, as settings hold them."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stead.kit.key import ED25519, SHARED, KeyProblem, jwk_set, new_private_key, public_jwk, signing_key, trusted_keys

SECRET = "a shared secret of thirty-two bytes!"


def test_a_new_key_signs_for_whom_its_public_half_verifies():
    private = new_private_key("auth-service")
    key = signing_key(private)
    assert key.algorithm == ED25519
    trusted = trusted_keys(jwk_set({"a": public_jwk(private, "auth-service", ("award",))}), None)["auth-service"][0]
    assert trusted.may == {"award"}
    assert isinstance(key.material, Ed25519PrivateKey)
    trusted.material.verify(key.material.sign(b"x"), b"x")


def test_a_plain_secret_is_shared():
    assert signing_key(SECRET).algorithm == SHARED
    ring = trusted_keys(jwk_set({"a": public_jwk(SECRET, "auth-service", ("award",))}), SECRET)
    assert ring["auth-service"][0].algorithm == SHARED
    assert ring["auth-service"][0].material == SECRET.encode()


def test_a_public_key_tells_nothing_of_the_private_one():
    private = new_private_key("a")
    assert json.loads(private)["d"] not in json.dumps(public_jwk(private, "a", ()))
    assert SECRET not in json.dumps(public_jwk(SECRET, "a", ()))
    assert json.loads(private)["d"] not in repr(signing_key(private))


X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # RFC 8037, appendix A
D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
OKP = {"kty": "OKP", "crv": "Ed25519"}


def test_the_published_key_is_read():
    assert public_jwk(json.dumps(OKP | {"d": D, "x": X}), "a")["x"] == X


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("short", "at least 32 bytes"),
        ("{", "not a JSON object"),
        ("{}", "not a JSON object"),
        (json.dumps({"kty": "RSA", "d": D}), "not of type OKP"),
        (json.dumps(OKP | {"d": D[:20]}), "not 32 bytes"),
        (json.dumps(OKP | {"d": "ü" * 43}), "not 32 bytes"),
        (json.dumps(OKP | {"d": D, "x": D}), "does not belong"),
    ],
)
def test_a_private_key_that_cannot_be_used(text, says):
    with pytest.raises(KeyProblem, match=says) as error:
        signing_key(text)
    assert D not in str(error.value)


@pytest.mark.parametrize(
    ("keys", "secret", "says"),
    [
        ([OKP | {"x": X}], None, "has no kid"),
        ([OKP | {"x": X, "kid": "a"}] * 3, None, "more than 2 keys for a"),
        ([{"kty": "oct", "kid": "a"}], None, "no shared secret"),
        ([{"kty": "oct", "kid": "a"}], json.dumps(OKP | {"d": D}), "no shared secret"),
        ([{"kty": "oct", "kid": "a"}], "short", "at least 32 bytes"),
        ([{"kty": "RSA", "kid": "a"}], None, "not of type OKP"),
        ([OKP | {"x": X[:-4], "kid": "a"}], None, "not 32 bytes"),
        ([OKP | {"x": X, "kid": "a", "may": "award"}], None, "not a JSON object"),
    ],
)
def test_a_keyring_that_cannot_be_used(keys, secret, says):
    with pytest.raises(KeyProblem, match=says):
        trusted_keys(json.dumps({"keys": keys}), secret)
