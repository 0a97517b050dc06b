"""A PostgreSQL in a Compose project. A stand-in for `docker` runs on this machine what is to run in the container."""

import os
import shlex
import sys
from urllib.parse import urlsplit

import pytest

from stead.run.postgres import binary

DOCKER = """
import json, os, sys
words = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(json.dumps(words) + "\\n")
if "VERSION" not in open(words[words.index("--env-file") + 1]).read():
    sys.exit("required variable VERSION is missing a value")
inside = words[words.index("-T") + 1:]
if inside[0] == "-e":
    os.environ.update([inside[1].split("=", 1)])
    inside = inside[2:]
assert inside[0] == "postgres", inside
if inside[1] == "printenv":
    sys.exit(1)
os.environ.update({environ!r})
os.execv(os.path.join({programs!r}, inside[1]), inside[1:])
"""


@pytest.fixture
def project(shop, tmp_path, monkeypatch):
    at = urlsplit(shop.admin)
    environ = {"PGHOST": at.hostname, "PGPORT": str(at.port), "PGPASSWORD": at.password}
    log = tmp_path / "asked"
    script = DOCKER.format(log=str(log), environ=environ, programs=str(binary("psql").parent))
    (tmp_path / "docker.py").write_text(script)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(tmp_path / "docker.py"))} "$@"\n'
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{docker.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("DATABASE_URL")
    (shop.folder / "compose.yaml").write_text("services: {}\n")
    (shop.folder / ".env.dev").write_text("VERSION=1\n")
    return shop, log


def test_there_and_back(project, key):
    shop, log = project
    file = shop.folder / "compose.yaml"
    status, out, said = shop.backup("--compose", file, "--recipient", key.public)
    assert status == 0, said
    assert f"from {shop.database('orders-service')} at postgres of {file}" in out
    before = shop.orders()
    shop.sql("TRUNCATE orders CASCADE")
    status, _, said = shop.restore(shop.backups, "--compose", file, "--identity", key.file, "--yes")
    assert status == 0, said
    assert shop.orders() == before
    assert urlsplit(shop.admin).password not in log.read_text()


def test_what_compose_says_is_told(project, key):
    shop, _ = project
    (shop.folder / ".env.dev").write_text("OTHER=1\n")
    status, _, said = shop.backup("--compose", shop.folder / "compose.yaml", "--recipient", key.public)
    assert status == 1
    assert "required variable VERSION is missing a value" in said


def test_without_docker(project, key, monkeypatch):
    shop, _ = project
    monkeypatch.setenv("PATH", "/nowhere")
    status, _, said = shop.backup("--compose", shop.folder / "compose.yaml", "--recipient", key.public)
    assert status == 1
    assert "cannot start docker: No such file or directory" in said
