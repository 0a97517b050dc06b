"""The health checks of Compose files."""

import shutil
import socket
import subprocess
import sys

import pytest

from gateway.edge import free_port
from render.compose_files import files_of, read
from stead.model import Backend, Environment, Health, Service
from stead.render.compose.file import compose_file


@pytest.mark.parametrize("command", ["node x.js", "python x.py", "./x"])
def test_a_healthcheck_by_tcp_tells_whether_somebody_listens(command):
    service = Service("x", command=command, port=free_port(), health=Health(tcp=True))
    _, *words = compose_file(Backend("b", services=[service]), Environment("dev")).services["x"].healthcheck.test
    words = [sys.executable if word == "python" else word for word in words]
    if shutil.which(words[0]):
        assert subprocess.run(words, capture_output=True, check=False).returncode == 1
        with socket.create_server(("127.0.0.1", service.port)):
            assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_a_probe_of_an_image_is_its_healthcheck():
    pinned = Service("pinned", image="x@sha256:" + "0" * 64, health=Health(probe=("pinned", "--well")))
    file = compose_file(Backend("shop", services=[pinned]), Environment("prod"))
    assert file.services["pinned"].healthcheck.test == ("CMD", "pinned", "--well")
    assert file.services["pinned"].image == pinned.image


@pytest.mark.parametrize(("health", "period"), [(Health(), "30s"), (Health(start_period=300), "300s")])
def test_a_start_period_that_is_said_is_the_health_checks(health, period):
    service = Service("one", app="one.app:create", health=health)
    files = files_of(Backend("b", services=[service]))
    assert read(files["compose.yaml"])["services"]["one"]["healthcheck"]["start_period"] == period
