"""initData at library level: the published vectors, and whatever could be mistaken for a signed text."""

import string
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from stead.kit.live_setting import LiveSetting
from stead.services.auth.providers.init_data import (
    PUBLIC_KEYS,
    opened_by,
    pairs_of,
    public_key,
    signed_by_telegram,
    signed_by_token,
)
from stead.services.auth.providers.provider import RejectedError
from stead.services.auth.providers.secret_source import EnvironmentSecret
from stead.services.auth.providers.telegram import Telegram, by_telegram, by_token
from stead.testing.init_data import hmac_of, init_data, person

# In the tests of the public init-data libraries.
OLDER_TOKEN = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
OLDER = (
    "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name"
    "%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D"
    "&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
)
NEWER_BOT = 7342037359
NEWER_TOKEN = f"{NEWER_BOT}:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ"
NEWER = (
    "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22"
    "Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22"
    "allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F"
    "4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private"
    "&auth_date=1733584787&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6"
    "&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ"
)
TOKEN = "42:a-token-of-this-test-and-of-nobody"
TELEGRAM = Ed25519PrivateKey.generate()


def one(text):
    """Return where a bot's token comes from."""
    return EnvironmentSecret(LiveSetting("TELEGRAM_BOT_TOKEN", text, {}))


def at(moment, signed):
    return Telegram(signed, 3600, clock=lambda: moment)


async def test_the_published_vectors_verify():
    older = await at(1662771648 + 60, by_token(one(OLDER_TOKEN))).verify(OLDER)
    assert (older.user_id, older.name, older.method) == ("279058397", "Vladislav Kibenko", "telegram")
    assert older.expires_at.timestamp() == 1662771648 + 3600
    for signed in (by_token(one(NEWER_TOKEN)), by_telegram([1, NEWER_BOT], public_key("production"))):
        newer = await at(1733584787, signed).verify(NEWER)
        assert (newer.user_id, newer.name) == ("279058397", "Vladislav + - ? / Kibenko")


async def test_while_a_token_is_replaced_what_either_signed_is_taken():
    both = by_token(one(f"{OLDER_TOKEN} {NEWER_TOKEN}"))
    assert await at(1662771648 + 60, both).verify(OLDER)
    assert await at(1733584787, both).verify(NEWER)
    with pytest.raises(RejectedError, match="forged"):
        await at(1733584787, by_token(one(f"{OLDER_TOKEN} {TOKEN}"))).verify(NEWER)


@pytest.mark.parametrize(
    ("moment", "said"),
    [(1733584787 - 31, "from the future"), (1733584787 + 3601, "expired"), (1733584787 + 10**9, "expired")],
)
async def test_the_published_vectors_end(moment, said):
    for signed in (by_token(one(NEWER_TOKEN)), by_telegram([NEWER_BOT], public_key("production"))):
        with pytest.raises(RejectedError, match=said):
            await at(moment, signed).verify(NEWER)
        assert await at(1733584787 - 30, signed).verify(NEWER)
        assert await at(1733584787 + 3600, signed).verify(NEWER)


async def test_the_published_vectors_are_of_their_bot_and_of_production_alone():
    for signed in (
        by_token(one(OLDER_TOKEN)),
        by_telegram([1, 5768337691], public_key("production")),
        by_telegram([NEWER_BOT], public_key("test")),
    ):
        with pytest.raises(RejectedError, match="forged"):
            await at(1733584787, signed).verify(NEWER)


def test_telegrams_keys_are_those_that_it_publishes():
    assert PUBLIC_KEYS["production"].startswith("e7bf03a2") and PUBLIC_KEYS["test"].startswith("40055058")
    assert public_key(TELEGRAM.public_key().public_bytes_raw().hex().upper()) == TELEGRAM.public_key()
    for wrong in ("", "prod", "zz" * 32, "00" * 31):
        assert public_key(wrong) is None


def checked(raw, *, by="token"):
    pairs = pairs_of(raw)
    if by == "token":
        return signed_by_token(pairs, TOKEN)
    return signed_by_telegram(pairs, [42], TELEGRAM.public_key())


def signed(**pairs):
    return urlencode({**pairs, "hash": hmac_of(TOKEN, pairs)})


BOTH = pytest.mark.parametrize("by", ["token", "telegram"])


@BOTH
def test_order_and_spelling_of_the_query_do_not_matter(by):
    raw = init_data(TOKEN, person(7, "Ann + Ben"), third_party=TELEGRAM, start_param="a b")
    assert checked("&".join(reversed(raw.split("&"))), by=by) == checked(raw, by=by)
    assert checked(raw.replace("+", "%20"), by=by) == checked(raw, by=by)


@BOTH
@pytest.mark.parametrize(
    "more", [{"start_param": ""}, {"chat_type": "", "z": ""}, {"start_param": "привет 👨‍👩‍👧 = & %"}]
)
def test_blank_values_and_any_text_are_part_of_what_is_signed(by, more):
    raw = init_data(TOKEN, person(7, "Аня 👩‍🚀", last_name=""), third_party=TELEGRAM, **more)
    assert checked(raw, by=by)
    for name in more:
        without = "&".join(part for part in raw.split("&") if not part.startswith(f"{name}="))
        with pytest.raises(RejectedError, match="forged"):
            checked(without, by=by)


def test_the_signature_for_third_parties_is_part_of_what_the_token_signs():
    raw = init_data(TOKEN, person(7), third_party=TELEGRAM)
    without = "&".join(part for part in raw.split("&") if not part.startswith("signature="))
    with pytest.raises(RejectedError, match="forged"):
        checked(without)


def test_what_is_not_signed_for_third_parties_does_not_make_it_another_one():
    raw = init_data(TOKEN, person(7), third_party=TELEGRAM)
    other = raw.replace(raw.rpartition("hash=")[2], "0" * 64)
    assert checked(other, by="telegram") == checked(raw, by="telegram")
    start, _, rest = raw.partition("signature=")
    shown, _, end = rest.partition("&")
    malleable = shown[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[shown[-1]]  # the same bytes, spelt differently
    assert checked(f"{start}signature={malleable}&{end}", by="telegram") == checked(raw, by="telegram")


MALFORMED = {
    "nothing": "",
    "no query": "hello",
    "a query that is cut inside a name": "user=%7B%7D&auth_da",
    "a lone ampersand": "&",
    "not UTF-8": "user=%ff%fe&hash=" + "0" * 64,
    "without hash": urlencode({"user": "{}", "auth_date": "1"}),
    "with an empty hash": "auth_date=1&hash=",
    "with a short hash": "auth_date=1&hash=" + "0" * 63,
    "with a hash in capitals": "auth_date=1&hash=" + "A" * 64,
    "a name with a line break": "a%0Ab=1&hash=" + "0" * 64,
    "a name with an equals sign": "a%3Db=1&hash=" + "0" * 64,
    "no name": "=1&hash=" + "0" * 64,
    "a value with a line break": "a=1%0Ab%3D2&hash=" + "0" * 64,
    "a value with a NUL": "a=%00&hash=" + "0" * 64,
    "too many pairs": "&".join(f"a{n}=1" for n in range(99)) + "&hash=" + "0" * 64,
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_it_is_refused_as_malformed(raw):
    with pytest.raises(RejectedError, match="malformed"):
        checked(raw)


@pytest.mark.parametrize("name", ["hash", "user", "auth_date", "signature", "us%65r"])
def test_a_duplicate_is_refused_however_it_is_spelt(name):
    raw = init_data(TOKEN, person(7), third_party=TELEGRAM)
    for doubled in (f"{raw}&{name}=x", f"{name}=x&{raw}"):
        with pytest.raises(RejectedError, match="duplicate"):
            checked(doubled)


def test_one_text_cannot_be_cut_into_pairs_in_two_ways():
    """Both strings have the same text, and so the same hash: what was one value would become a pair of its own."""
    pairs = {"auth_date": "1", "start_param": 'x\nuser={"id":1}'}
    genuine = urlencode({**pairs, "hash": hmac_of(TOKEN, pairs)})
    cut = urlencode({"auth_date": "1", "start_param": "x", "user": '{"id":1}', "hash": hmac_of(TOKEN, pairs)})
    with pytest.raises(RejectedError, match="malformed"):
        checked(genuine)
    assert checked(cut)  # who signed this cannot be told from who signed that; Telegram never signs that


@pytest.mark.parametrize("signature", ["", "AAAA", "A" * 85, "A" * 87, "=" * 86, "A" * 85 + "/", "A" * 86 + "="])
def test_a_signature_that_is_none_is_refused(signature):
    with pytest.raises(RejectedError, match="malformed: no signature"):
        checked(urlencode({"auth_date": "1", "signature": signature}), by="telegram")


NOBODIES = {
    "none": None,
    "no JSON": "{",
    "a list": "[]",
    "without id": '{"first_name": "Ann"}',
    "an id that is text": '{"id": "7"}',
    "an id that is a fraction": '{"id": 7.5}',
    "an id that is true": '{"id": true}',
    "an id of nobody": '{"id": 0}',
    "an id of a chat": '{"id": -100}',
    "an id of 400 digits": f'{{"id": {"7" * 400}}}',
    "nested too deep": "[" * 4000,
}


@pytest.mark.parametrize("user", NOBODIES.values(), ids=NOBODIES.keys())
def test_what_is_signed_names_a_user(user):
    with pytest.raises(RejectedError, match="no user"):
        opened_by({"auth_date": "1"} | ({"user": user} if user is not None else {}))


@pytest.mark.parametrize("moment", ["", "soon", "-1", "1.5", "1e9", "9" * 12, "١٢٣"])
def test_what_is_signed_has_a_date(moment):
    with pytest.raises(RejectedError, match="no auth_date"):
        opened_by({"auth_date": moment, "user": '{"id": 7}'})


NAMES = some.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12).filter(
    lambda name: name != "hash"
)
VALUES = some.text(some.characters(exclude_categories=["Cc", "Cs"]), max_size=24)


@given(some.dictionaries(NAMES, VALUES, min_size=1, max_size=8), some.randoms(use_true_random=False))
def test_whatever_is_signed_verifies_and_nothing_else_does(pairs, random):
    shown = list({**pairs, "hash": hmac_of(TOKEN, pairs)}.items())
    random.shuffle(shown)
    raw = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in shown)
    assert checked(raw)
    name = random.choice(sorted(pairs))
    for other in ({**pairs, name: pairs[name] + "x"}, {**pairs, "more": ""}, {n: pairs[n] for n in pairs if n != name}):
        if other != pairs:
            with pytest.raises(RejectedError):
                checked(urlencode({**other, "hash": hmac_of(TOKEN, pairs)}))
