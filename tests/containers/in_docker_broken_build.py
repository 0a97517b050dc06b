"""A Dockerfile whose build fails: what is shown of it, and that nothing else was changed."""

import subprocess
import sys

import pytest

from containers.docking import docker, stead

BACKEND = """from stead import *
clock, bell = [Service(name, build=f"./{name}", port=None) for name in ("clock", "bell")]
backend = Backend("tower", services=[clock, bell])
"""
DOCKERFILE = """ARG DEBIAN_BASE=stead-test/debian:1
FROM ${DEBIAN_BASE}
ENTRYPOINT ["sleep", "infinity"]
"""
BROKEN = DOCKERFILE + 'RUN echo "the small hand is missing" >&2; exit 3\n'
PROJECT = "label=com.docker.compose.project=tower-dev"


@pytest.fixture(scope="module")
def tower(images, tmp_path_factory):
    """A version that runs, and a Dockerfile that was broken since."""
    folder = tmp_path_factory.mktemp("tower")
    (folder / "backend.py").write_text(BACKEND)
    for name in ("clock", "bell"):
        (folder / name).mkdir()
        (folder / name / "Dockerfile").write_text(DOCKERFILE)
    stead("render", folder, environ=images)
    stead("render", folder, "--secrets", "dev", environ=images)
    stead("ship", "compose", folder, "--env", "dev", "--version", "v1", environ=images)
    (folder / "clock/Dockerfile").write_text(BROKEN)
    yield folder
    make(folder, "down", environ=images)


def make(folder, target, environ):
    program = f"STEAD={sys.executable} -P -m stead"
    command = ["make", "--file", str(folder / "deploy/make/stead.mk"), target, program]
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=300)


def state(folder):
    """Everything that a ship could change: containers, images and what is known of releases."""
    releases = {path: path.read_bytes() for path in (folder / ".stead").rglob("*") if path.is_file()}
    containers = docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Image}} {{.State}}", "--filter", PROJECT)
    return sorted(containers.splitlines()), releases, docker("images", "--no-trunc", "--quiet", "tower-clock:v1")


def test_a_ship_says_whose_build_failed_with_its_last_lines_and_changes_nothing(tower, images):
    before = state(tower)
    refused = stead("ship", "compose", tower, "--env", "dev", "--version", "v2", environ=images, well=False)
    assert refused.returncode == 1
    assert "the image of clock cannot be built" in refused.stderr
    assert "the small hand is missing" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert state(tower) == before


def test_make_up_dev_says_so_too(tower, images):
    before = state(tower)
    refused = make(tower, "up-dev", environ=images)
    assert refused.returncode
    assert "target clock: failed to solve" in refused.stdout + refused.stderr
    assert "the small hand is missing" in refused.stdout + refused.stderr
    assert state(tower) == before
