"""Many versions in a row while a steady stream asks: good ones, broken ones, some that are ended, one that is killed.

    make test-containers SHIPS=10

SHIPS is the count of good versions; three by default.
"""

import os
import signal
import subprocess
import sys
import time

from containers.docking import docker
from containers.hello import greeting, place, ship, words_of
from containers.hello import url as address
from containers.stream import Stream

__all__ = ["place"]
SHIPS = int(os.environ.get("SHIPS", "3"))
BROKEN = 3
ENDED_AFTER = (0.5, 2.0, 4.0)  # seconds: Compose stops one service after the other
SERVICES = {"hello", "names"}
FACTS = '{{index .Config.Labels "com.docker.compose.service"}}{{range .Config.Env}}{{println}}{{.}}{{end}}'
PROJECT = "label=com.docker.compose.project=hello-stage"


def test_no_request_fails_while_versions_come_are_refused_ended_and_killed(place, images):
    ship(place, images, "v1.0", "v1")
    with Stream(address()) as stream:
        for number in range(1, SHIPS + 1):
            shipped = ship(place, images, f"v1.{number}", image_of(number))
            assert "the canary is stopped" in shipped.stdout
            say(f"v1.{number} good", stream)
        for number in range(BROKEN):
            assert ship(place, images, f"v2.{number}", "broken", well=False).returncode == 1
            say(f"v2.{number} broken", stream)
        for number, after in enumerate(ENDED_AFTER):
            assert cut(place, images, f"v3.{number}", "v2", signal.SIGTERM, after) == 128 + signal.SIGTERM
            say(f"v3.{number} ended by SIGTERM after {after} s", stream)
            assert whole_versions() == {f"v1.{SHIPS}"}
        before_the_kill = list(stream.failed)
        assert cut(place, images, "v4.0", image_of(SHIPS + 1), signal.SIGKILL) == -signal.SIGKILL
        until = time.monotonic() + 120  # Compose goes on by itself, and the canary answers until the next ship
        while len({greeting() for _ in range(20)}) > 1 and time.monotonic() < until:
            time.sleep(1)
        say("v4.0 killed", stream)
        assert whole_versions()
        assert len({greeting() for _ in range(20)}) == 1
        ship(place, images, "v5.0", image_of(SHIPS + 1))  # the next one clears away what the killed one left
        say("v5.0 good", stream)
    assert before_the_kill == []
    assert stream.failed == []
    assert whole_versions() == {"v5.0"}
    assert greeting() == ('"one"' if image_of(SHIPS + 1) == "v1" else '"two"')
    assert docker("ps", "--all", "--quiet", "--filter", "name=canary") == ""


def image_of(number):
    return ("v1", "v2")[number % 2]


def cut(place, images, version, image, number, after=2.0):
    """Begin a ship, and send it a signal some seconds after the new version answers; return how it ended."""
    command = [sys.executable, "-P", "-m", "stead", *words_of(place, version, image)]
    with subprocess.Popen(command, env=images, stdout=subprocess.PIPE, text=True) as shipping:
        for line in shipping.stdout:
            if "serves requests beside" in line:
                break
        time.sleep(after)
        shipping.send_signal(number)
        shipping.stdout.read()
    return shipping.returncode


def whole_versions():
    """Return the versions of which both services run, those beside included: one that was cut short may serve there."""
    running = {}
    for each in docker("ps", "--quiet", "--filter", PROJECT).split():
        service, *values = docker("inspect", "--format", FACTS, each).splitlines()
        version = next((value.partition("=")[2] for value in values if value.startswith("VERSION=")), "")
        if service in SERVICES:
            running.setdefault(version, set()).add(service)
    return {version for version, services in running.items() if services == SERVICES}


def say(what, stream):
    print(f"{what}: {stream.asked} asked, {len(stream.failed)} failed {stream.failed[:3]}", flush=True)
