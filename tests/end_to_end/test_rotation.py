"""Every secret of rewards is rotated while its story is played, and no request fails."""

import json
import subprocess
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from stead.model import load
from stead.testing import clerk
from stead.testing.backend import STEAD


class Asker:
    """A client without patience: it asks again and again, and keeps every answer that is no success."""

    def __init__(self, backend):
        self._address = urlsplit(backend.status()["url"]).netloc
        self._token = run(backend, "token", "ann").stdout.strip()
        self._stop = threading.Event()
        self.asked, self.failed = 0, []
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _ask(self):
        while not self._stop.wait(0.1):
            for path in ("/v1/points/balance", "/v1/referrals", "/v1/tokens", "/v1/me", "/v1/events"):
                connection = HTTPConnection(self._address, timeout=10)
                try:
                    connection.request("GET", path, headers={"Authorization": f"Bearer {self._token}"})
                    status = connection.getresponse().status
                except OSError as error:
                    status = repr(error)
                finally:
                    connection.close()
                self.asked += 1
                if status != 200:
                    self.failed.append((path, status))


def rotate(backend, *words, well=True):
    return run(backend, "secret", "rotate", *words, "--env", "dev", well=well)


def run(backend, *words, well=True):
    asked = [*STEAD, *words, str(backend.folder)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    assert not well or done.returncode == 0, done.stderr
    return done


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
    before = kept(rewards)
    played = []
    story = threading.Thread(target=lambda: played.append(rewards.stead("story", "--json").stdout))
    with Asker(rewards) as asker:
        story.start()
        time.sleep(0.3)
        said = rotate(rewards).stdout
        story.join()
    return before, said, asker, [json.loads(line) for text in played for line in text.splitlines()]


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
    with Asker(rewards) as asker:
        time.sleep(0.5)
    assert asker.failed == []


def test_what_is_no_secret_of_the_run_is_an_error_with_those_that_are(rewards):
    done = rotate(rewards, "NOTHING", well=False)
    assert done.returncode == 1
    assert "NOTHING can be rotated here; there are api-gateway.SERVICE_JWT_SECRET, " in done.stderr
