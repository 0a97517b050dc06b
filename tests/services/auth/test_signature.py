"""Webhook signatures: Svix's published vector, and everything that is not one."""

import pytest
from standardwebhooks import Webhook

from stead.services.auth.signature import UnsignedError, usable, verify
from stead.testing import clerk

# The vector that Svix publishes.
SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
ID = "msg_loFOjxBNrRLzqYUf"
AT = 1731705121
BODY = b'{"event_type":"ping","data":{"success":true}}'
SIGNATURE = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="

OTHER = "whsec_" + "A" * 32


def raw(headers):
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def vector(prefix="svix", **changes):
    parts = {"id": ID, "timestamp": str(AT), "signature": SIGNATURE} | changes
    return [
        (f"{prefix}-{name}".encode(), value.encode("latin-1")) for name, value in parts.items() if value is not None
    ]


def test_the_published_vector_is_accepted_at_its_own_time():
    assert verify(SECRET, vector(), BODY, AT) == ID


@pytest.mark.parametrize("prefix", ["svix", "webhook", "Svix", "WEBHOOK"])
def test_either_family_of_names_counts(prefix):
    assert verify(SECRET, vector(prefix), BODY, AT) == ID


def test_both_families_count_when_they_agree():
    assert verify(SECRET, vector("svix") + vector("webhook"), BODY, AT) == ID


@pytest.mark.parametrize("away", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_tolerated(away):
    assert verify(SECRET, vector(), BODY, AT + away) == ID


@pytest.mark.parametrize("away", [-100_000, -301, 301, 100_000])
def test_more_is_not(away):
    with pytest.raises(UnsignedError, match="tolerance"):
        verify(SECRET, vector(), BODY, AT + away)


@pytest.mark.parametrize(
    "signatures",
    [
        f"v1,AAAA {SIGNATURE}",
        f"{SIGNATURE} v1,AAAA",
        f"v2,whatever v1a,{'A' * 80} {SIGNATURE}",
        f"nonsense {SIGNATURE}",
        f" {SIGNATURE} ",
    ],
)
def test_any_matching_signature_will_do(signatures):
    assert verify(SECRET, vector(signature=signatures), BODY, AT) == ID


BAD = {
    "no id": vector(id=None),
    "no timestamp": vector(timestamp=None),
    "no signature": vector(signature=None),
    "no header at all": [],
    "an empty id": vector(id=""),
    "an id with a dot": vector(id=ID + ".1"),
    "an id of two, joined": vector(id=f"{ID},{ID}"),
    "an id that is too long": vector(id="a" * 129),
    "another id": vector(id="msg_other"),
    "another timestamp": vector(timestamp=str(AT + 1)),
    "a timestamp that is a word": vector(timestamp="soon"),
    "a timestamp with a fraction": vector(timestamp=f"{AT}.5"),
    "a timestamp that is not a number": vector(timestamp="nan"),
    "a timestamp without end": vector(timestamp="9" * 400),
    "a negative timestamp": vector(timestamp="-1"),
    "an Arabic timestamp": vector(timestamp="\xb9"),
    "an empty signature": vector(signature=""),
    "a signature without version": vector(signature=SIGNATURE.removeprefix("v1,")),
    "a signature of another version": vector(signature=SIGNATURE.replace("v1", "v2")),
    "a signature that is not base64": vector(signature="v1,%%%"),
    "a signature with too many commas": vector(signature=SIGNATURE + ",x"),
    "a signature beyond ASCII": vector(signature="v1,\xe9\xff"),
    "a signature cut short": vector(signature=SIGNATURE[:-4]),
    "a signature of enormous length": vector(signature="v1,AAAA " * 1000),
    "the id twice": vector() + vector(timestamp=None, signature=None),
    "two ids": [*vector(), (b"svix-id", b"msg_other")],
    "two signatures": [*vector(), (b"svix-signature", SIGNATURE.encode())],
    "two families that differ": [*vector(), (b"webhook-id", b"msg_other")],
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD.keys())
def test_anything_else_is_unsigned(headers):
    with pytest.raises(UnsignedError):
        verify(SECRET, headers, BODY, AT)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY[:-1], b"\xff\xfe", b"\x00"])
def test_another_body_is_unsigned(body):
    with pytest.raises(UnsignedError):
        verify(SECRET, vector(), body, AT)


def test_another_secret_does_not_verify():
    with pytest.raises(UnsignedError):
        verify(OTHER, vector(), BODY, AT)


def test_the_stand_in_signs_as_svix_does():
    headers = clerk.sign(SECRET, BODY, id=ID, at=AT)
    assert headers["svix-signature"] == SIGNATURE
    assert verify(SECRET, raw(headers), BODY, AT) == ID


def test_the_library_would_accept_what_the_stand_in_signs():
    headers = clerk.sign(SECRET, BODY, prefix="webhook")
    assert Webhook(SECRET).verify(BODY, headers) == {"event_type": "ping", "data": {"success": True}}


@pytest.mark.parametrize(
    ("secret", "is_usable"), [(SECRET, True), (OTHER, True), ("whsec_", False), ("whsec_%", False), ("", False)]
)
def test_a_webhook_secret_is_base64_of_some_length(secret, is_usable):
    assert usable(secret) is is_usable
