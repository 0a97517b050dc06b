"""The table of pins: complete, by hash, and renewed from what git tells of the actions' tags."""

import hashlib
import json
import re
import threading
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import stead.render.pins as table
from check.rule_run import git
from stead.model import SteadError
from stead.ops.ci.pin_sources import Sources
from stead.ops.ci.pins import Renewal, renewals, renewed, rows
from stead.render.pins import Action, Image, Tool, age, pins


def test_every_action_is_a_commit_and_every_image_a_digest():
    for pin in pins():
        if isinstance(pin, Action):
            assert re.fullmatch(r"[0-9a-f]{40}", pin.commit), pin
            assert re.fullmatch(r"v\d+\.\d+\.\d+", pin.version), pin
        if isinstance(pin, Image):
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", pin.digest), pin
        if isinstance(pin, Tool):
            assert re.fullmatch(r"v?\d+\.\d+\.\d+", pin.version), pin


def test_no_pin_is_held_by_two_entries():
    names = [(type(pin).__name__, pin.name, getattr(pin, "tag", "")) for pin in pins()]
    assert len(set(names)) == len(names)


def test_the_table_has_an_age():
    assert age(date(2026, 9, 1)) == 10
    assert list(rows(date(2026, 9, 1)))[-1] == ("table", "looked up", "2026-08-22", "10 days ago")


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Repositories on this machine: one action with a newer version, one whose tag was moved."""
    actions = []
    for name, tags in {"own/newer": ("v1.0.0", "v1.2.0", "v1.10.0", "v2"), "own/moved": ("v3.0.0",)}.items():
        folder = tmp_path / name
        folder.mkdir(parents=True)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "commit", "-q", "--allow-empty", "-m", "first")
        commit = git(folder, "rev-parse", "HEAD")
        for tag in tags:
            git(folder, "commit", "-q", "--allow-empty", "-m", tag)
            git(folder, "tag", "-a", tag, "-m", tag)
        first = git(folder, "rev-parse", f"{tags[0]}^{{commit}}")
        actions.append(Action(name, first if name == "own/newer" else commit, tags[0]))
    monkeypatch.setattr("stead.ops.ci.pins.pins", lambda: iter(actions))
    return tmp_path, actions


def of_git(folder):
    return list(renewals(Sources(f"file://{folder}")))


def test_what_is_newer_is_the_highest_version_with_its_commit(source):
    folder, actions = source
    newer, moved = of_git(folder)
    assert (newer.new.version, newer.is_moved) == ("v1.10.0", False)
    assert newer.new.commit == git(folder / "own/newer", "rev-parse", "v1.10.0^{commit}")
    assert moved.is_moved
    assert moved.pin is actions[1]


def test_the_table_is_rewritten_with_what_is_newer(source):
    folder, (action, _) = source
    line = f'X = Action("{action.name}", "{action.commit}", "v1.0.0")\n'
    found = [each for each in of_git(folder) if not each.is_moved]
    text = renewed(f"DATE = date(2026, 8, 22)\n{line}", found, date(2027, 1, 2))
    assert "DATE = date(2027, 1, 2)" in text
    assert f'"{found[0].new.commit}", "v1.10.0")' in text


TAGS = ["v0.9.0", "v0.33.0", "v0.34.1", "v0.34.1-rc1", "v1.0.0", "latest"]
TOKEN = "a-token-for-anybody"


class Registry(BaseHTTPRequestHandler):
    """A registry that wants the token that it gives to anybody, has two pages of tags, and releases beside it."""

    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.server.asked.append(path)
        if path == "/token":
            self.answer(200, json.dumps({"token": TOKEN}))
        elif "/releases/download/" in path:
            self.answer(200, f"{64 * 'a'}  other\n{64 * 'b'}  cosign-linux-amd64\n")
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            realm = f"http://127.0.0.1:{self.server.server_port}/token"
            self.answer(401, "", {"WWW-Authenticate": f'Bearer realm="{realm}",service="here",scope="pull"'})
        elif path.endswith("/tags/list"):
            second = "last=" in query
            more = {} if second else {"Link": f'<{path}?n=1000&last=x>; rel="next"'}
            self.answer(200, json.dumps({"tags": TAGS[3:] if second else TAGS[:3]}), more)
        else:
            self.answer(200, "", {"Docker-Content-Digest": f"sha256:{64 * 'c'}"})

    def do_HEAD(self):
        self.do_GET()

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body.encode() if self.command == "GET" else b"")

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def registry():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.asked = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", server.asked
    server.shutdown()
    server.server_close()


def test_an_image_has_the_newest_tag_of_its_form_with_its_digest(registry):
    image = Image("docker.io/moby/buildkit", "v0.33.0", "sha256:" + 64 * "0")
    found = Sources(registry=registry[0]).image(image)
    assert (found.tag, found.digest) == ("v0.34.1", f"sha256:{64 * 'c'}")


def test_a_tool_that_a_job_checks_has_the_checksum_of_its_release(registry):
    url, asked = registry
    assert Sources(url).checksum(table.COSIGN, "v9.9.9") == 64 * "b"
    assert asked[-1] == "/sigstore/cosign/releases/download/v9.9.9/cosign_checksums.txt"


def test_a_registry_that_is_not_there_is_an_error_that_names_it():
    image = Image("docker.io/moby/buildkit", "v0.33.0", "sha256:" + 64 * "0")
    with pytest.raises(SteadError, match=r"http://127.0.0.1:9/v2/moby/buildkit/tags.* cannot be asked"):
        Sources(registry="http://127.0.0.1:9").image(image)


def test_the_real_table_can_be_rewritten():
    text = Path(table.__file__).read_text()
    found = [Renewal(pin, changed(pin)) for pin in pins()]
    again = renewed(text, found, date(2027, 1, 2))
    assert again.count("DATE = date(2027, 1, 2)") == 1
    for each in found:
        assert (each.new.digest if isinstance(each.new, Image) else each.new.version) in again
        if isinstance(each.pin, Image):
            assert each.pin.digest not in again


def changed(pin):
    """Return a pin as if it were newer."""
    if isinstance(pin, Image):
        return replace(pin, digest="sha256:" + hashlib.sha256(pin.reference.encode()).hexdigest())
    return replace(pin, version="v99.0.0")


def test_a_repository_that_cannot_be_asked_is_an_error_that_names_it(tmp_path):
    with pytest.raises(SteadError, match="actions/checkout: the tags cannot be read"):
        of_git(tmp_path)
