"""What a key set must be before it comes near Envoy."""

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from stead.gateway.agent.keyset import UnusableKeySet, parsed_key_set, shared

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
GOOD = {**RSAAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True), "kid": "good"}


def text_of(*keys):
    return json.dumps({"keys": keys})


def kept(text, algorithm="RS256"):
    return json.loads(parsed_key_set(text, algorithm).text)["keys"]


def test_a_good_key_is_kept_with_its_one_algorithm():
    assert kept(text_of(GOOD)) == [
        {"kid": "good", "use": "sig", "alg": "RS256", "kty": "RSA", "n": GOOD["n"], "e": GOOD["e"]}
    ]


def test_what_envoy_does_not_need_is_not_written():
    strange = {**GOOD, "x5c": ["-----"], "x5u": "https://evil.example.com", "anything": 1}
    assert kept(text_of(strange)) == kept(text_of(GOOD))


def test_a_private_key_in_the_source_stays_there():
    private = {**RSAAlgorithm.to_jwk(PRIVATE, as_dict=True), "kid": "good"}
    assert kept(text_of(private)) == kept(text_of(GOOD))


BAD = {
    "no object": "x",
    "weak": RSAAlgorithm.to_jwk(WEAK.public_key(), as_dict=True),
    "no modulus": {"kty": "RSA", "e": "AQAB"},
    "a modulus that is not base64": {**GOOD, "n": "!!!"},
    "a modulus that is a number": {**GOOD, "n": 5},
    "an even exponent": {**GOOD, "e": "Ag"},
    "for encryption": {**GOOD, "use": "enc"},
    "another algorithm": {**GOOD, "alg": "HS256"},
    "a secret": {"kty": "oct", "k": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg"},
    "another type": ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True),
    "a kid that is a list": {**GOOD, "kid": []},
    "unheard of": {"kty": "XYZ"},
}


@pytest.mark.parametrize("what", BAD)
def test_a_key_that_cannot_be_used_is_left_out_and_named(what):
    result = parsed_key_set(text_of(BAD[what], GOOD), "RS256")
    assert [key["kid"] for key in json.loads(result.text)["keys"]] == ["good"]
    assert len(result.left_out) == 1
    assert result.left_out[0].startswith("key 0: ")
    with pytest.raises(UnusableKeySet):
        parsed_key_set(text_of(BAD[what]), "RS256")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"keys": {}}', '{"keys": []}', "<html>", b"\xff\xfe", text_of(*[GOOD] * 65)]
)
def test_what_is_no_key_set_is_unusable(text):
    with pytest.raises(UnusableKeySet):
        parsed_key_set(text, "RS256")


@given(
    st.binary() | st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda x: text_of(x))
)
def test_whatever_comes_is_judged(text):
    with pytest.raises(UnusableKeySet):
        parsed_key_set(text, "RS256")


@pytest.mark.parametrize(
    ("algorithm", "key", "form"),
    [
        ("ES256", ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
        ("EdDSA", ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
    ],
)
def test_other_algorithms_are_judged_alike(algorithm, key, form):
    written = kept(text_of({**form.to_jwk(key.public_key(), as_dict=True), "kid": "k"}), algorithm)
    token = jwt.encode({"sub": "u"}, key, algorithm)
    assert jwt.decode(token, jwt.PyJWK(written[0]).key, [algorithm]) == {"sub": "u"}
    assert "d" not in written[0]


def test_a_shared_secret_becomes_one_key():
    (key,) = json.loads(shared("a secret with ünïcode").text)["keys"]
    assert (key["kty"], key["alg"]) == ("oct", "HS256")
    assert base64.urlsafe_b64decode(key["k"] + "==").decode() == "a secret with ünïcode"
