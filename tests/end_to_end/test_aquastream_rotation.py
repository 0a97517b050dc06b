"""Every secret of aquastream is replaced while its story plays; a backend of its own, whose earlier credentials end."""

import json
import time
from types import SimpleNamespace

import httpx2
import pytest

from end_to_end.impatient import Impatient, rotate, rotate_beside_the_story
from end_to_end.test_aquastream import LONGEST, aquastream, people

__all__ = ["aquastream", "people"]
SHOWN_OUTSIDE = {  # by a partner, in a mail, in a browser or in a signed URL: the earlier value is ended later
    "NOTIFICATIONS_BOT_TOKEN",
    "NOTIFICATIONS_LINK_SECRET",
    "SESSION_SIGNING_KEY",
    "TELEGRAM_BOT_TOKEN",
    "YOOKASSA_SECRET_KEY",
    "media.BUCKET_URL",
}


class SignedIn:
    """A user who signs in again before the access token ends."""

    def __init__(self, url, sign_in):
        self._url, self._sign_in = url, sign_in
        self._until, self._token = 0.0, ""

    def __call__(self):
        if time.monotonic() > self._until:
            self._until = time.monotonic() + 20
            answer = httpx2.post(f"{self._url}/v1/sign-in", json=self._sign_in, timeout=LONGEST)
            assert answer.status_code == 200, answer.text
            self._token = f"Bearer {answer.json()['access_token']}"
        return self._token


@pytest.fixture(scope="module")
def rotated(aquastream, people):
    """Rotate all while the story is played; the secrets before, what was said, who asked, the steps, and a session."""
    trip, url = people.trip, aquastream.status()["url"]
    user = SignedIn(url, people.sign_in)
    paths = dict.fromkeys((f"/v1/events/{trip}", f"/v1/galleries/event/{trip}"), str)
    paths |= dict.fromkeys((f"/v1/crews/{trip}/mine", "/v1/notifications/settings", "/v1/profile"), user)
    session = httpx2.post(f"{url}/v1/sign-in", json=people.sign_in, timeout=LONGEST).json()["session"]
    before, client = secrets_of(aquastream), Impatient(url, paths)
    said, steps = rotate_beside_the_story(aquastream, client)
    return SimpleNamespace(before=before, said=said, client=client, steps=steps, session=session)


def test_no_request_fails_while_every_secret_is_rotated(aquastream, rotated):
    assert rotated.client.asked > 50
    assert rotated.client.failed == []
    assert len(rotated.steps) >= 15
    assert not [step for step in rotated.steps if step["wrong"]]
    before, after = rotated.before, secrets_of(aquastream)
    assert [name for name in before if after[name] == before[name]] == []
    lines = [line.partition(": ") for line in rotated.said.splitlines()]
    assert {name for name, _, text in lines if "both values are accepted" in text} == SHOWN_OUTSIDE
    assert len(lines) == len(before) == 22


def test_a_session_from_before_a_rotation_holds_until_the_earlier_value_is_ended(aquastream, rotated):
    url = aquastream.status()["url"]
    assert refreshed(url, rotated.session) == 200
    said = rotate(aquastream, "--end").stdout
    assert {line.partition(":")[0] for line in said.splitlines()} == SHOWN_OUTSIDE
    assert refreshed(url, rotated.session) == 401
    assert [name for name in secrets_of(aquastream) if name.endswith(":previous")] == []


def refreshed(url, session):
    return httpx2.post(f"{url}/v1/sessions/refresh", json={"session": session}, timeout=LONGEST).status_code


def secrets_of(backend):
    return json.loads((backend.folder / ".stead/secrets.json").read_text())
