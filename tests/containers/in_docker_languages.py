"""Programs in Node, Go, Java and what a bare Debian runs: the rendered files build and run them as they are."""

import json
import os
import shutil
from pathlib import Path

import pytest

import stead as api
from containers.bases import VARIABLES, unmade
from containers.docking import Composed, docker, stead
from stead.ops.ship.container_health import health_error, reading
from stead.render.docker.image_kind import kind_of

HERE = Path(__file__).parent / "languages"
KILLED = 128 + 9
JAR = "javac -d build/classes src/Main.java && jar -c -f build/bills.jar -e Main -C build/classes ."
SERVICES = {service.name: service for service in api.load(HERE).services}


@pytest.fixture(scope="module")
def left_out(bare):
    """Why a service cannot be built here, by its name."""
    reasons = {service.name: unmade(kind_of(service)) for service in SERVICES.values()}
    return {name: why for name, why in reasons.items() if why}


@pytest.fixture(scope="module")
def composed(bare, left_out, tmp_path_factory):
    """All that can be built, in a copy: the jar is made beside its source."""
    folder = tmp_path_factory.mktemp("languages") / "backend"
    shutil.copytree(HERE, folder)
    if "bills" not in left_out:
        as_me = ("--user", f"{os.getuid()}:{os.getgid()}", "--volume", f"{folder}/bills:/work", "--workdir", "/work")
        docker("run", "--rm", *as_me, VARIABLES["JAVA_BASE"], "bash", "-c", JAR)
    environ = {**os.environ, **VARIABLES, "DEBIAN_BASE": bare}
    stead("render", folder, environ=environ)
    made = Composed(folder, "dev", environ)
    # Without their proxies, whose agent needs an image with Stead: what is tried here are the images of the programs.
    made.run("up", "--build", "--detach", "--wait", "--no-deps", *(SERVICES.keys() - left_out.keys()))
    yield made
    made.run("down", "--volumes", "--remove-orphans", well=False)


@pytest.fixture(params=SERVICES)
def service(request, composed, left_out):
    if request.param in left_out:
        pytest.skip(left_out[request.param])
    return SERVICES[request.param]


def answer(composed, service, path):
    """Ask from inside the container: only its proxy is published."""
    said = composed.run("exec", "-T", service.name, *reading(kind_of(service), path)).stdout
    return said[said.find("{") :] if "{" in said else said.strip().rpartition("\n")[2]


def container(composed, service):
    return json.loads(docker("inspect", composed.run("ps", "--all", "--quiet", service.name).stdout.strip()))[0]


def test_it_answers_the_health_contract(service, composed):
    wanted = {"service": service.name, "env": "dev", "status": "ok", "version": "dev"}
    inside = composed.run("exec", "-T", service.name, *reading(kind_of(service), "/health")).stdout
    assert health_error(inside, wanted) == ""


def test_its_image_can_tell_well_from_not_well(service, composed):
    _, *words = container(composed, service)["Config"]["Healthcheck"]["Test"]
    composed.run("exec", "-T", service.name, *words)
    elsewhere = [word.replace("/health", "/nowhere") for word in words]
    assert composed.run("exec", "-T", service.name, *elsewhere, well=False).returncode == 1


def test_it_can_do_little(service, composed):
    found = container(composed, service)
    assert (found["HostConfig"]["ReadonlyRootfs"], found["HostConfig"]["CapDrop"]) == (True, ["ALL"])
    assert found["Config"]["User"] == "10001:10001"
    assert composed.run("exec", "-T", service.name, "find", "/app", "-user", "10001").stdout == ""


def test_a_program_in_go_has_its_arguments_and_knows_whom_to_trust(composed, left_out):
    if "orders" in left_out:
        pytest.skip(left_out["orders"])
    assert answer(composed, SERVICES["orders"], "/v1/greeting") == "good day"
    composed.run("exec", "-T", "orders", "grep", "-q", "BEGIN CERTIFICATE", "/etc/ssl/certs/ca-certificates.crt")


def test_it_stops_when_it_is_told(service, composed):
    composed.run("stop", service.name)
    assert container(composed, service)["State"]["ExitCode"] != KILLED
