"""The agent as a process: files that are always whole, keys that are always good, and an end when it is told to."""

import http.server
import json
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gateway.edge import eventually, start_agent
from stead.gateway.agent.plan import KeySet, Plan, Token
from stead.gateway.agent.source import problem_of, read
from stead.gateway.agent.task import TokenTask
from stead.gateway.agent.token import LIFE, minted, signing_key
from stead.kit.caller import Keyring, Unverified
from stead.kit.key import jwk_set, new_private_key, public_jwk, trusted_keys
from stead.testing.clerk import StandInClerk

SECRET = new_private_key("edge")
SHARED = "a shared secret of more than thirty-two bytes"
PLAN = Plan(
    "edge",
    (Token("one-service", ("front",)), Token("two-service", ("front", "introspect"))),
    (KeySet("clerk", "CLERK_JWKS_URL", "CLERK_JWT_SECRET"),),
    {"providers": {"clerk": {"local_jwks": {"filename": "/as-envoy-sees-it/keys/clerk.json"}}}},
)


@pytest.fixture
def started(tmp_path):
    running = []

    def start(**environ):
        running.append(start_agent(PLAN, tmp_path, environ))
        return running[-1]

    yield start
    for agent in running:
        agent.kill()
        agent.wait()


def keyring_of(secret, audience):
    keys = jwk_set({"edge": public_jwk(secret, "edge", may=("front", "introspect"))})
    return Keyring(trusted_keys(keys, secret), audience)


def key_file(folder):
    """The key file that the filter's configuration names."""
    (extension,) = json.loads((folder / "keys" / "verification.json").read_text())["resources"]
    path = Path(extension["typed_config"]["providers"]["clerk"]["local_jwks"]["filename"])
    assert path.parent == Path("/as-envoy-sees-it/keys")
    return folder / "keys" / path.name


def token_in(file):
    return json.loads(file.read_text())["resources"][0]["generic_secret"]["secret"]["inline_string"]


@pytest.mark.parametrize("secret", [SECRET, SHARED], ids=["a key of its own", "a shared secret"])
def test_each_service_gets_a_token_that_it_alone_believes(started, tmp_path, secret):
    started(SERVICE_JWT_SECRET=secret, CLERK_JWKS_URL=StandInClerk().write_key_set(tmp_path))
    two = token_in(tmp_path / "tokens" / "two-service.json")
    caller = keyring_of(secret, "two-service").verify(two)
    assert (caller.name, caller.operations) == ("edge", {"front", "introspect"})
    with pytest.raises(Unverified):
        keyring_of(secret, "one-service").verify(two)


def test_its_files_are_for_its_owner_alone(started, tmp_path):
    started(SERVICE_JWT_SECRET=SECRET, CLERK_JWKS_URL="", CLERK_JWT_SECRET="x" * 40)
    files = [file for name in ("tokens", "keys") for file in (tmp_path / name).iterdir()]
    names = {re.sub("-[0-9a-f]{16}", "-…", file.name) for file in files}
    assert names == {"one-service.json", "two-service.json", "verification.json", "clerk-….json"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("tokens", "keys")} == {0o700}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_when_told(started, tmp_path, number):
    agent = started(SERVICE_JWT_SECRET=SECRET, CLERK_JWKS_URL=StandInClerk().write_key_set(tmp_path))
    assert (tmp_path / "ready").exists()
    assert json.loads((tmp_path / "agent.log").read_text()) == {"ready": True}
    agent.send_signal(number)
    assert agent.wait(2) == 0
    assert not (tmp_path / "ready").exists()


def test_all_that_is_wrong_with_its_settings_is_named_at_once(started, tmp_path):
    agent = started(SERVICE_JWT_SECRET='{"kty": "OKP", "d": "very-secret"}', CLERK_JWKS_URL="ftp://keys")
    assert agent.wait() == 78
    said = (tmp_path / "agent.log").read_text()
    assert [line.partition(" ")[0] for line in said.splitlines()] == ["SERVICE_JWT_SECRET", "CLERK_JWKS_URL"]
    assert "very-secret" not in said


def test_it_says_how_it_is_used(tmp_path):
    done = subprocess.run([sys.executable, "-m", "stead.gateway.agent"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (64, "usage: python -m stead.gateway.agent PLAN FOLDER\n")


def test_it_is_not_ready_before_it_has_keys_and_then_it_is(started, tmp_path):
    clerk = StandInClerk()
    source = tmp_path / "jwks.json"
    agent = subprocess.Popen  # started by hand: start_agent would wait for the marker
    (tmp_path / "plan.json").write_text(PLAN.to_json())
    words = [sys.executable, "-m", "stead.gateway.agent", str(tmp_path / "plan.json"), str(tmp_path)]
    with agent(
        words, env={"SERVICE_JWT_SECRET": SECRET, "CLERK_JWKS_URL": source.as_uri()}, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            line = json.loads(running.stderr.readline())
            assert (line["level"], "no user can be authenticated" in line["message"]) == ("error", True)
            assert not (tmp_path / "ready").exists()
            clerk.write_key_set(tmp_path)
            eventually(lambda: (tmp_path / "ready").exists())
            assert "available again" in json.loads(running.stderr.readline())["message"]
        finally:
            running.terminate()


def test_the_last_good_keys_stay_when_the_source_turns_bad(started, tmp_path):
    started(SERVICE_JWT_SECRET=SECRET, CLERK_JWKS_URL=StandInClerk().write_key_set(tmp_path))
    kept = key_file(tmp_path).read_text()
    (tmp_path / "jwks.json").write_text('{"keys": [{"kty": "RSA", "n": "broken", "e": "AQAB"}]}')
    eventually(lambda: "the last valid one stays in use" in (tmp_path / "agent.log").read_text())
    assert key_file(tmp_path).read_text() == kept


def test_a_restart_during_an_outage_goes_on_with_the_last_good_keys(started, tmp_path):
    url = StandInClerk().write_key_set(tmp_path)
    started(SERVICE_JWT_SECRET=SECRET, CLERK_JWKS_URL=url).terminate()
    eventually(lambda: not (tmp_path / "ready").exists())
    (tmp_path / "jwks.json").unlink()
    started(SERVICE_JWT_SECRET=SECRET, CLERK_JWKS_URL=url)
    assert (tmp_path / "ready").exists()


def test_tokens_are_minted_anew_at_half_of_their_life(tmp_path):
    chore = TokenTask(PLAN, {"SERVICE_JWT_SECRET": signing_key(SECRET)}, tmp_path)
    wait = chore.do(1000.0)
    first = token_in(tmp_path / "one-service.json")
    chore.do(1000.0 + wait)
    assert wait == LIFE / 2
    assert token_in(tmp_path / "one-service.json") != first
    assert list(tmp_path.glob(".*")) == []


def test_a_token_lives_no_longer_than_five_minutes():
    assert LIFE <= 300
    now = time.time()
    old = minted(signing_key(SECRET), "edge", PLAN.tokens[0], now - LIFE - 10)
    with pytest.raises(Unverified):
        keyring_of(SECRET, "one-service").verify(old)


@pytest.mark.parametrize(
    "text",
    [
        "short",
        "{}",
        "{",
        '{"kty":"OKP","crv":"Ed25519","d":"AA"}',
        '{"crv":"Ed25519","d":1}',
        '{"crv": "X25519", "d": "AA"}',
    ],
)
def test_a_signing_key_that_cannot_be_used_is_refused(text):
    with pytest.raises(ValueError, match=r"Ed25519|32 bytes"):
        signing_key(text)


@pytest.mark.parametrize(
    "url", ["", "ftp://a/b", "http://keys.example.com/", "file:relative", "file://host/x", "https:///x", "/etc/x"]
)
def test_some_urls_are_no_source(url):
    assert problem_of(url)


@pytest.mark.parametrize(
    "url", ["https://a.example.com/jwks", "file:///a/b", "http://127.0.0.1:9/x", "http://localhost/x"]
)
def test_and_some_are(url):
    assert not problem_of(url)


class Source(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "file:///etc/passwd")
        elif self.path == "/gone":
            self.send_response(503)
        else:
            self.send_response(200)
        self.end_headers()
        if self.path == "/endless":
            self.wfile.write(b"x" * 2_000_000)
        elif self.path == "/keys":
            self.wfile.write(b'{"keys": []}')

    def log_message(self, *_):
        pass


@pytest.fixture
def source():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Source) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_source_is_read_whole_or_not_at_all(source):
    assert read(f"{source}/keys") == b'{"keys": []}'
    for path in ("/moved", "/gone", "/endless"):
        with pytest.raises(OSError):
            read(source + path)
