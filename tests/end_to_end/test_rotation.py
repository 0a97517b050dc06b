"""Every secret of rewards is rotated while its story is played, and no request fails."""

import json
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from end_to_end.impatient import Impatient, command, rotate, rotate_beside_the_story
from stead.model import load
from stead.testing import clerk

PATHS = ("/v1/points/balance", "/v1/referrals", "/v1/tokens", "/v1/me", "/v1/events")


def client(backend):
    token = command(backend, "token", "ann").stdout.strip()
    return Impatient(backend.status()["url"], dict.fromkeys(PATHS, lambda: f"Bearer {token}"))


def kept(backend):
    return json.loads((backend.folder / ".stead/secrets.json").read_text())


def delivered(backend, secret):
    """Send a webhook signed with a secret; return its status."""
    body = json.dumps({"type": "session.ended", "object": "event", "data": {"id": "sess_1"}}).encode()
    connection = HTTPConnection(urlsplit(backend.status()["url"]).netloc, timeout=10)
    connection.request("POST", "/v1/webhooks/clerk", body, clerk.sign(secret, body))
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture(scope="module")
def rotated(rewards):
    """Rotate all while the story is played; return the secrets before, what was said, and what failed meanwhile."""
    before, asker = kept(rewards), client(rewards)
    said, steps = rotate_beside_the_story(rewards, asker)
    return before, said, asker, steps


def test_no_request_fails_while_every_secret_is_rotated(rotated):
    _, _, asker, steps = rotated
    assert asker.asked > 50
    assert asker.failed == []
    assert len(steps) >= 15
    assert not [step for step in steps if step["wrong"]]


def test_every_secret_is_another_one_and_none_is_left_over(rewards, rotated):
    before, said, _, _ = rotated
    after = kept(rewards)
    rotations = [line.partition(":")[0] for line in said.splitlines()]
    callers = {edge.caller.name for edge in load(rewards.folder).edges()}  # other tests sign as those who never call
    used = [name for name in before if not name.startswith("key:") or name.removeprefix("key:") in callers]
    assert len(rotations) == len(used) == 9
    assert [name for name in used if after[name] == before[name]] == []
    assert after.keys() - before.keys() == {"setting:CLERK_WEBHOOK_SECRET:previous"}


def test_a_partner_has_both_values_until_the_earlier_is_ended(rewards, rotated):
    before, _, _, _ = rotated
    old, new = before["setting:CLERK_WEBHOOK_SECRET"], kept(rewards)["setting:CLERK_WEBHOOK_SECRET"]
    assert (delivered(rewards, old), delivered(rewards, new)) == (204, 204)
    rotate(rewards, "CLERK_WEBHOOK_SECRET", "--end")
    assert (delivered(rewards, old), delivered(rewards, new)) == (400, 204)


def test_a_service_that_starts_again_has_what_was_rotated(rewards, rotated):
    rewards.stead("restart", "points-service")
    checks = [json.loads(line) for line in rewards.stead("smoke", "--json").stdout.splitlines()]
    assert not [check for check in checks if check["wrong"]]
    with client(rewards) as asker:
        time.sleep(0.5)
    assert asker.failed == []


def test_what_is_no_secret_of_the_run_is_an_error_with_those_that_are(rewards):
    done = rotate(rewards, "NOTHING", well=False)
    assert done.returncode == 1
    assert "NOTHING cannot be rotated here; the secrets are api-gateway.SERVICE_JWT_SECRET, " in done.stderr
