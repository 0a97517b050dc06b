"""A ship that is ended in the middle of its switch, and the next one, which fixes what it left.

Compose is a program that notes how it is called, and hangs where it is told to: what is shown here is what Stead asks
of it, and when. `tests/containers` ships to a real one.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

BACKEND = f"""from stead import Backend, Environment, Health, Service

pinned = Service("pinned", image="shop/pinned:1@sha256:{64 * "0"}", health=Health(probe=("true",)))
backend = Backend("shop", services=[pinned], environments=[Environment("prod")])
"""
PROGRAM = """#!/bin/sh
echo "$VERSION $*" >> "$NOTES"
case "$*" in
    *"version --short") echo 2.32.4 ;;
    *" up "*)
        if [ "$VERSION" = "$HANGS" ]; then sleep 60 & echo $! > "$NOTES.pid"; wait; fi
        if [ "$VERSION" = "$FAILS" ] && [ "$(grep -c "^$VERSION .* up " "$NOTES")" -le "$TIMES" ]; then
            echo "$VERSION does not start" >&2; exit 1
        fi ;;
    inspect*"json .State"*) echo '{"Status": "running", "ExitCode": 0}' ;;
    inspect*) echo '{"id": "7", "name": "/shop-prod-canary-pinned", "service": "pinned", \
"digest": "", "networks": {}}' ;;
esac
"""


class Host:
    """A machine on which v1 runs."""

    def __init__(self, folder):
        self.folder, self.notes = folder / "shop", folder / "notes"
        self.folder.mkdir()
        (folder / "bin").mkdir()
        program = folder / "bin/docker"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        self.environ = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "NOTES": str(self.notes)}
        (self.folder / "backend.py").write_text(BACKEND)
        assert self.stead("render").returncode == 0
        (self.folder / "deploy/compose/.env.prod").write_text(f"IMAGE_PYTHON=shop/python@sha256:{'1' * 64}\n")
        assert self.ship("--version", "v1").returncode == 0

    def stead(self, *words):
        return subprocess.run(self.words(*words), env=self.environ, capture_output=True, text=True, timeout=60)

    def words(self, command, *words):
        return [sys.executable, "-m", "stead", *command.split(), str(self.folder), *words]

    def ship(self, *words):
        return self.stead("ship compose", "--env", "prod", *words)

    def ended(self, version, number, **environ):
        """Ship a version, end the ship while Compose switches, and return its exit status and its last words."""
        words = self.words("ship compose", "--env", "prod", "--version", version)
        self.pid.unlink(missing_ok=True)
        environ = {**self.environ, **environ, "HANGS": version}
        process = subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 30
        while not (self.pid.exists() and self.pid.read_text()):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(number)
        if number == signal.SIGKILL:  # what it started holds its output open
            process.stderr.close()
            return process.wait(30), ""
        _, words = process.communicate(timeout=30)
        return process.returncode, words

    @property
    def pid(self):
        return self.notes.with_name("notes.pid")

    @property
    def current(self):
        return (self.folder / ".stead/shipped/prod/current").read_text().strip()

    def ups(self):
        """The versions that Compose was told to start, in order."""
        return [line.split(" ")[0] for line in self.notes.read_text().splitlines() if " up " in line]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Host(tmp_path_factory.mktemp("host"))


@pytest.fixture
def host(made):
    made.notes.unlink(missing_ok=True)
    yield made
    if made.pid.exists():
        with suppress(ProcessLookupError):
            os.kill(int(made.pid.read_text()), signal.SIGKILL)
        made.pid.unlink()


def runs(pid):
    """Tell whether a process goes on; one that has ended may still wait for who takes its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_sigterm_in_the_middle_of_a_switch_brings_back_what_ran(host):
    status, words = host.ended("v2", signal.SIGTERM)
    assert (status, words) == (128 + signal.SIGTERM, "the ship was interrupted\nv1 runs again, as before\n")
    assert host.ups() == ["v2", "v1"]
    assert host.current == "v1"
    assert not runs(host.pid.read_text().strip()), "what Compose had started goes on"
    assert "interrupted" not in host.ship("--version", "v1").stdout


def test_what_an_interrupted_command_still_brings_about_does_not_hinder_the_way_back(host):
    status, words = host.ended("v2", signal.SIGTERM, FAILS="v1", TIMES="2")
    assert (status, words) == (128 + signal.SIGTERM, "the ship was interrupted\nv1 runs again, as before\n")
    assert host.ups() == ["v2", "v1", "v1", "v1"]


def test_where_no_version_starts_the_canary_goes_on_answering(host):
    status, words = host.ended("v2", signal.SIGTERM, FAILS="v1", TIMES="9")
    assert status == 1
    assert "v1, the earlier version, does not start again; the canary answers for v2" in words
    assert "v1 does not start" in words
    notes = host.notes.read_text()
    assert " rm " not in notes[notes.rindex(" up ") :], "what answers was removed"
    assert "v1 is restored first" in host.ship("--version", "v1").stdout


def test_after_sigkill_the_next_ship_mends_first_and_says_so(host):
    host.ended("v2", signal.SIGKILL)
    busy = host.ship("--version", "v3")
    assert (busy.returncode, "another ship runs here now" in busy.stderr) == (75, True), "its Compose still runs"
    os.kill(int(host.pid.read_text()), signal.SIGKILL)
    result = host.ship("--version", "v3")
    assert "the ship of v2 was interrupted: v1 is restored first" in result.stdout
    assert host.ups() == ["v2", "v1", "v3"]
    assert "interrupted" not in host.ship("--version", "v1").stdout


def test_after_sigkill_one_may_go_back_or_resume(host):
    for words, runs in (("--back", "v1"), ("--resume", "v2")):
        host.ended("v2", signal.SIGKILL)
        os.kill(int(host.pid.read_text()), signal.SIGKILL)
        done = host.ship(words)
        assert done.returncode == 0, done.stderr
        assert f"shop {runs} runs in prod" in done.stdout
        assert (host.current, host.ups()[-1]) == (runs, runs)
    assert "no ship was interrupted here" in host.ship("--resume").stderr
    assert host.ship("--version", "v1").returncode == 0


@pytest.mark.parametrize("version", ["current", "../v1", ""])
def test_a_version_is_checked_before_anything_is_touched(host, version):
    host.notes.write_text("")
    refused = host.ship("--version", version)
    assert refused.returncode == 1
    assert "--version" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert host.notes.read_text() == ""
    assert host.current == "v1"
