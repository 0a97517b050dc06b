"""What goes wrong in the middle of a deploy to Workers: nothing serves a new version without a word about it."""

import contextlib
import json
import os
import signal
import time
from http.server import BaseHTTPRequestHandler

import pytest

from ops.ship.workers_deploy import ORDER, backs, deploys, rollout, versions
from stead.ops.ship.error import ShipError
from stead.ops.ship.interrupt import interruptible
from stead.ops.ship.workers import locked
from stead.ops.ship.workers_api import Cloudflare, CloudflareError
from stead.testing.loopback import answering


def after_the_upload(shop, then):
    """Let the stand-in of wrangler do `then` once it has deployed b as v2."""
    program = shop / "bin" / "wrangler"
    more = f'case "$*" in deploy*v2*) test "$(basename "$PWD")" = b && {then};; esac'
    program.write_text(f"{program.read_text().replace('exec ', '')}status=$?\n{more}\nexit $status\n")


def test_a_worker_that_serves_though_its_deploy_failed_is_brought_back(shop, cloudflare):
    rollout(shop, cloudflare).make()
    cloudflare.calls.clear()
    after_the_upload(shop, '{ echo "A route of this Worker is taken. [code: 10020]" >&2; exit 1; }')
    with pytest.raises(ShipError) as caught:
        rollout(shop, cloudflare, "v2").make()
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1"), caught.value
    assert cloudflare.calls == deploys("a", "b") + backs("b", "a")
    assert "unchanged: edge" in str(caught.value)


def test_an_error_that_nobody_foresaw_brings_back_what_was_deployed(shop, cloudflare):
    rollout(shop, cloudflare).make()
    after_the_upload(shop, 'echo "{" > "$WRANGLER_OUTPUT_FILE_PATH"')
    with pytest.raises(ShipError):
        rollout(shop, cloudflare, "v2").make()
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1")


def test_who_interrupts_a_first_deploy_is_told_what_serves(shop, cloudflare):
    made = rollout(shop, cloudflare)

    def tell(title, *_):
        if title == "deploy b":
            raise KeyboardInterrupt

    made.tell = tell
    with pytest.raises(KeyboardInterrupt):
        made.make()
    assert "a is new, and remains at v1" in made.undone
    assert "b is new, and remains at v1" in made.undone
    assert "unchanged: edge" in made.undone


@contextlib.contextmanager
def an_api(*answers):
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with answering(Handler) as url:
        yield Cloudflare("0" * 32, "token-that-is-secret", url, pauses=(0.0, 0.0))


GOOD = json.dumps(
    {
        "success": True,
        "errors": None,
        "result": {"deployments": [{"versions": [{"version_id": "v", "percentage": 100}]}]},
    }
).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>502</html>",
        b"[]",
        b'{"success": false, "errors": null}',
        b'{"success": true, "result": []}',
        b'{"success": true, "result": {"deployments": {}}}',
        b'{"success": false, "errors": ["no"]}',
        b'{"success":true,"result":{"deployments":[{"versions":[{"percentage":100}]}]}}',
        b"",
    ],
)
@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_is_none_of_cloudflare_s_is_an_error_with_a_reason(body, status):
    with an_api((status, body)) as api, pytest.raises(CloudflareError) as caught:
        api.deployed("w")
    assert "token-that-is-secret" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_api_that_refuses_for_a_moment_is_asked_again(status):
    with an_api((status, b"slow down"), (status, b"slow down"), (200, GOOD)) as api:
        assert api.deployed("w") == "v"


def test_a_token_with_a_line_break_is_told_and_not_shown():
    with an_api((200, GOOD)) as api, pytest.raises(CloudflareError, match="has a blank") as caught:
        Cloudflare(api.account, "token-that-is-secret\n", api.url).deployed("w")
    assert "token-that-is-secret" not in str(caught.value)


def test_the_children_of_a_wrangler_that_is_interrupted_end_with_it(shop, cloudflare):
    rollout(shop, cloudflare).make()
    mark = shop / "late"
    after_the_upload(shop, f"{{ (sleep 1; touch {mark}) & kill -INT {os.getpid()}; wait; }}")
    made = rollout(shop, cloudflare, "v2")
    with pytest.raises(KeyboardInterrupt), interruptible():
        made.make()
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1")
    assert "b is back at the version" in made.undone
    time.sleep(1.2)
    assert not mark.exists()


def test_a_second_ctrl_c_does_not_cut_the_rollback(shop, cloudflare):
    rollout(shop, cloudflare).make()
    made = rollout(shop, cloudflare, "v2")

    def tell(title, *_):
        if title in ("deploy b", "roll back b"):
            os.kill(os.getpid(), signal.SIGINT)

    made.tell = tell
    with pytest.raises(KeyboardInterrupt), interruptible():
        made.make()
    assert versions(cloudflare) == dict.fromkeys(ORDER, "v1")


def test_a_folder_that_takes_no_lock_is_told(tmp_path):
    (tmp_path / ".stead").touch()
    with (
        pytest.raises(ShipError, match="the lock of a deploy, cannot be written"),
        locked(tmp_path / ".stead", "staging"),
    ):
        pass
