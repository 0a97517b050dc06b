"""`stead up -d` returns when everything is accounted for; `--wait` tells, and stops again."""

import time

from run.conftest import family, gone
from stead.run.control_client import Remote
from stead.run.run_info import running


def test_detached_it_runs_on(tiny):
    tiny.describe("plain")
    said = tiny.stead("up", str(tiny.folder), "-d", "--port", "0")
    try:
        assert said.returncode == 0, said.stderr
        assert "plain" in said.stdout
        found = running(tiny.folder)
        assert found
        assert found.urls["plain"].startswith("http://127.0.0.1:")
        assert (found.environment, found.version) == ("dev", "dev")
        assert len(found.secret("plain", "PLAIN_KEY")) == 64
        everything = family(Remote(tiny.folder).run.pid)
    finally:
        assert tiny.stead("down", str(tiny.folder)).returncode == 0
    assert gone(everything, 1.0) == []
    assert running(tiny.folder) is None


def test_detached_it_says_what_is_not_well(tiny):
    tiny.describe('plain, Service("bad", command="no-such-program")')
    said = tiny.stead("up", str(tiny.folder), "-d", "--port", "0")
    assert said.returncode == 1
    assert "its program was not found" in said.stdout
    assert tiny.stead("status", str(tiny.folder)).returncode == 1
    assert tiny.stead("down", str(tiny.folder)).returncode == 0


def test_detached_it_says_why_it_does_not_start(tiny):
    (tiny.folder / "backend.py").write_text("1 +\n")
    said = tiny.stead("up", str(tiny.folder), "-d")
    assert said.returncode == 1
    assert "this is not Python" in said.stderr


def test_wait_stops_again(tiny):
    process = tiny.describe("plain").start("--wait")
    began = time.monotonic()
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "plain: healthy" in said
    assert "plain: stopped" in said
    assert time.monotonic() - began < 15


def test_nothing_runs(tiny):
    tiny.describe("plain")
    for command in ("status", "down"):
        said = tiny.stead(command, str(tiny.folder))
        assert said.returncode == 1
        assert "nothing runs here" in said.stderr
