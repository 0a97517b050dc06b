"""Compose itself reads the rendered files: `docker compose config`."""

import json
import os
import re
import shutil
import subprocess

import pytest

import stead
from render.compose_files import BACKENDS, PLACES, ROOT, files_of
from render.describing import ODD
from stead.model import Backend, Environment, Gateway, Job, Postgres, Redis, Route, Service, Setting
from stead.render.compose.context import ComposeContext
from stead.render.environment_alias import short

COMPOSE = (
    shutil.which("docker")
    and not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
)
with_compose = pytest.mark.skipif(not COMPOSE, reason="the docker client has no compose plugin here")


def compose(folder, place, *words, also=()):
    files = ["-f", "compose.yaml", "-f", f"compose.{place}.yaml", "--env-file", "env"]
    around = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = ["docker", "compose", *files, *also, "config", *words]
    return subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=False)


def laid_out(folder, backend, place):
    """Write the files, and an env file with everything that the example requires."""
    files = files_of(backend)
    for name, text in files.items():
        (folder / name).write_text(text)
    required = re.findall(r"^(\w+)=$", files[f".env.{place}.example"], re.MULTILINE)
    (folder / "env").write_text("".join(f"{name}=given\n" for name in required))
    return required


@with_compose
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", BACKENDS)
def test_compose_takes_every_overlay(name, place, tmp_path):
    laid_out(tmp_path, stead.load(ROOT / "backends" / name), place)
    done = compose(tmp_path, place, "-q")
    assert (done.returncode, done.stderr) == (0, "")


@with_compose
def test_compose_names_each_variable_that_is_missing(tmp_path):
    required = laid_out(tmp_path, stead.load(ROOT / "backends/rewards"), "prod")
    asked = [name for name in required if not name.endswith("SECRET")]
    assert {"CLERK_ISSUER", "CLERK_JWKS_URL", "IMAGE_PYTHON", "VERSION"} == set(asked)
    for missing in asked:
        (tmp_path / "env").write_text("".join(f"{name}=given\n" for name in required if name != missing))
        done = compose(tmp_path, "prod", "-q")
        assert done.returncode != 0
        assert f"required variable {missing} is missing a value" in done.stderr


@with_compose
def test_compose_reads_every_value_as_it_was_meant(tmp_path):
    given = {f"V{number}": value for number, value in enumerate(ODD)}
    orders = Service("orders", app="a:b", settings=[Setting(name) for name in given], values=given)
    optional = Setting("MAYBE", default=None)
    caller = Service("asking", command="node x.js", settings=[optional, Setting("KEY", secret=True)])
    backend = Backend("shop", services=[orders, caller], environments=[Environment("dev")])
    laid_out(tmp_path, backend, "dev")
    with (tmp_path / "env").open("a") as env:
        env.write("MAYBE='it is $HOME'\n")
    (tmp_path / "secrets/dev").mkdir(parents=True)
    (tmp_path / "secrets/dev/asking.env").write_text("KEY='a $b'\n")
    done = compose(tmp_path, "dev", "--format", "json")
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    read = {name: text.replace("$$", "$") for name, text in services["orders"]["environment"].items() if name in given}
    assert read == given
    assert services["asking"]["environment"]["MAYBE"] == "it is $$HOME"
    assert services["asking"]["environment"]["KEY"] == "a $$b"


@with_compose
def test_compose_reads_a_description_with_everything_in_it(tmp_path):
    """One of each kind: every language, every resource, jobs, replicas."""
    ways = (
        {"app": "a:b"},
        {"command": "node m.js"},
        {"command": "java -jar a.jar"},
        {"command": "go run ./cmd"},
        {"command": "./x"},
    )
    services = [
        Service(f"w{number}", **way, needs=[Postgres(), Redis(), stead.Bucket()], replicas=2)
        for number, way in enumerate(ways)
    ]
    services.append(
        Service("front", app="a:b", routes=[Route.public("GET", "/v1/x")], calls=[each.may() for each in services])
    )
    jobs = [Job("before", entry="a:b"), Job("after", command="node j.js", runs="after")]
    backend = Backend("shop", services=services, jobs=jobs, gateway=Gateway("edge", fronts=services[-1:]))
    for place in PLACES:
        laid_out(tmp_path, backend, place)
        done = compose(tmp_path, place, "-q")
        assert "env file" in done.stderr, "the secrets of programs that read no files come in an env file of their own"
        (tmp_path / f"secrets/{short(place)}").mkdir(parents=True, exist_ok=True)
        for each in (*services, *jobs):
            (tmp_path / f"secrets/{short(place)}/{each.name}.env").write_text("")
        done = compose(tmp_path, place, "-q")
        assert (done.returncode, done.stderr) == (0, "")


@with_compose
def test_servers_may_be_elsewhere(tmp_path):
    """A service that needed one waits for it no more, and it is not started."""
    backend = stead.load(ROOT / "backends/tigrit")
    laid_out(tmp_path, backend, "prod")
    done = compose(tmp_path, "prod", "--services", also=["-f", "compose.elsewhere.yaml"])
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {
        *(each.name for each in ComposeContext(backend, backend.environment("prod")).processes),
        "gateway-agent",
    }
