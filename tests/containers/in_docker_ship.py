"""Versions shipped to containers: one after another, a broken one that nobody notices, one that is taken back."""

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from containers.docking import IMAGES, built, docker, free_port, stead
from containers.stream import Stream

BACKEND = '''"""Hello: one service that greets, one that knows names."""

from dataclasses import replace

from stead import Backend, Environment, Gateway, Job, Route, Service
from stead.kit.settings import ServiceSettings
from stead.render.compose.spec import ComposeFile, Ulimit


def few_files(file: ComposeFile) -> ComposeFile:
    few = {"nofile": Ulimit(4096, 4096)}
    return replace(file, services={name: replace(each, ulimits=few) for name, each in file.services.items()})


names = Service("names", app="hello:names", settings=ServiceSettings, routes=[Route.service("GET", "/v1/name", "read")])
hello = Service(
    "hello",
    app="hello:create",
    settings=ServiceSettings,
    routes=[Route.public("GET", "/v1/hello"), Route.public("POST", "/v1/hello"), Route.public("GET", "/v1/slow")],
    calls=[names.may("read")],
)
backend = Backend(
    "hello",
    gateway=Gateway("gateway", fronts=[hello]),
    services=[hello, names],
    jobs=[Job(runs, entry="hello:note", runs=runs) for runs in ("before", "beside", "after")],
    environments=[Environment("staging")],
    edits=[few_files],
)
'''
HELLO = """
import asyncio
import os

from litestar import get, post
from stead.kit.app import service_app
from stead.kit.settings import ServiceSettings, read
from stead.model import Route

ROUTES = {
    "create": [Route.public("GET", "/v1/hello"), Route.public("POST", "/v1/hello"), Route.public("GET", "/v1/slow")],
    "names": [Route.service("GET", "/v1/name", "read")],
}


@get("/v1/hello")
async def greet() -> str:
    return "GREETING"


@post("/v1/hello")
async def say() -> str:
    return "GREETING"


@get("/v1/slow")
async def slow() -> str:
    await asyncio.sleep(1.5)
    return "slow"


@get("/v1/name")
async def name() -> str:
    return "ann"


def create():
    return service_app(read(ServiceSettings), routes=ROUTES["create"], handlers=[greet, say, slow])


def note():
    print("done once")


def names():
    BREAKS
    return service_app(read(ServiceSettings), routes=ROUTES["names"], handlers=[name])
"""
GATEWAY = "hello-stage-gateway-1"
BREAKS = 'raise RuntimeError("this version is broken")'
LIES = 'os.environ["VERSION"] = "another"'


@pytest.fixture(scope="module")
def place(rewards, images, tmp_path_factory):
    """A host with the rendered files of a small backend, and an image of each version."""
    folder = tmp_path_factory.mktemp("host") / "hello"
    folder.mkdir()
    for version, greeting, breaks, path in (
        ("later", "two", "pass", "/v1/later"),
        ("v1", "one", "pass", "/v1/slow"),
        ("v2", "two", "pass", "/v1/slow"),
        ("broken", "3", BREAKS, "/v1/slow"),
        ("lying", "4", LIES, "/v1/slow"),
    ):
        program = HELLO.replace("GREETING", greeting).replace("BREAKS", breaks)
        (folder / "hello.py").write_text(program.replace("/v1/slow", path))
        (folder / "backend.py").write_text(BACKEND.replace("/v1/slow", path))
        made = tmp_path_factory.mktemp("image") / "backend"
        shutil.copytree(folder, made)
        built(f"stead-test/hello:{version}", IMAGES / "hello.Dockerfile", [made])
    stead("render", folder, environ=images)
    (folder / "deploy/compose/.env.stage").write_text(f"GATEWAY_ADDRESS=127.0.0.1\nGATEWAY_PORT={free_port()}\n")
    stead("render", folder, "--secrets", "staging", environ=images)
    yield folder
    names = docker("ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project=hello-stage").split()
    docker("rm", "--force", "--volumes", *names) if names else None
    for network in docker(
        "network", "ls", "--quiet", "--filter", "label=com.docker.compose.project=hello-stage"
    ).split():
        docker("network", "rm", network)
    docker("volume", "rm", "hello-stage_gateway", well=False)


def ship(place, images, version, image, *words, well=True):
    return stead(*words_of(place, version, image), *words, environ=images, well=well)


def words_of(place, version, image):
    words = ("ship", "compose", str(place), "--env", "stage", "--version", version)
    return (*words, f"--image=python=stead-test/hello:{image}")


def greeting(path="/v1/hello"):
    port = re.search(r"127\.0\.0\.1:(\d+)", docker("port", GATEWAY, "8080"))[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def url():
    return re.search(r"127\.0\.0\.1:\d+", docker("port", GATEWAY, "8080"))[0]


class Asking(threading.Thread):
    """Somebody who asks all the while, and counts what went wrong."""

    def __init__(self):
        super().__init__()
        self.asked, self.wrong, self.done = 0, [], threading.Event()

    def run(self):
        while not self.done.is_set():
            self.asked += 1
            try:
                assert greeting() == '"two"'
            except (OSError, AssertionError) as error:
                self.wrong.append(repr(error))
            time.sleep(0.1)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


def test_a_first_version_that_is_broken_leaves_nothing_behind(place, images):
    refused = ship(place, images, "v0", "broken", well=False)
    assert refused.returncode == 1
    assert "names" in refused.stderr
    assert "this version is broken" in refused.stderr
    assert "nothing ran before, so it was stopped" in refused.stderr
    assert docker("ps", "--quiet", "--filter", "label=com.docker.compose.project=hello-stage") == ""


def test_versions_follow_one_another(place, images):
    assert "hello v1 runs in staging" in ship(place, images, "v1", "v1").stdout
    assert greeting() == '"one"'
    assert "the new version is healthy beside the old one" in ship(place, images, "v2", "v2").stdout
    assert greeting() == '"two"'
    assert (place / ".stead/shipped/stage/current").read_text() == "v2\n"


@pytest.mark.parametrize(
    ("image", "said"), [("broken", "this version is broken"), ("lying", "version is 'another', not 'v3'")]
)
def test_the_old_one_serves_all_along_when_the_new_one_is_not_well(place, images, image, said):
    with Asking() as asking:
        refused = ship(place, images, "v3", image, well=False)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "v2 runs on, untouched" in refused.stderr
    assert asking.wrong == []
    assert asking.asked > 10
    assert docker("ps", "--all", "--quiet", "--filter", "name=canary") == ""


def test_no_request_of_a_stream_fails_while_versions_come_and_go(place, images):
    with Stream(url()) as stream:
        for version, image in (("v2.1", "v1"), ("v2.2", "v2")):
            assert "what was started beside has ended" in ship(place, images, version, image).stdout
            print(f"{version}: {stream.asked} asked, {stream.failed[:3]}")
        assert ship(place, images, "v2.3", "broken", well=False).returncode == 1
        command = [sys.executable, "-P", "-m", "stead", *words_of(place, "v2.4", "v1")]
        with subprocess.Popen(command, env=images, stdout=subprocess.PIPE, text=True) as shipping:
            for line in shipping.stdout:
                if "answers beside" in line:
                    break
            time.sleep(2)
            shipping.send_signal(signal.SIGTERM)
            shipping.stdout.read()
        assert shipping.returncode == 128 + signal.SIGTERM
    print(f"{stream.asked} asked, {len(stream.failed)} failed: {stream.failed[:10]}")
    assert stream.failed == []
    assert greeting() == '"two"'
    assert docker("ps", "--all", "--quiet", "--filter", "name=canary") == ""


def test_what_only_fails_in_its_place_is_taken_back(place, images):
    refused = ship(place, images, "v4", "lying", "--no-canary", well=False)
    assert refused.returncode == 1
    assert "version is 'another', not 'v4'" in refused.stderr
    assert "v2.2 runs again, as before" in refused.stderr
    assert greeting() == '"two"'
    assert (place / ".stead/shipped/stage/current").read_text() == "v2.2\n"


def test_an_image_that_is_nowhere_changes_nothing(place, images):
    refused = ship(place, images, "v5", "never-built", well=False)
    assert "never-built" in refused.stderr
    assert greeting() == '"two"'


def test_a_dry_run_shows_every_command_and_runs_none(place, images):
    before = docker("ps", "--all", "--format", "{{.ID}} {{.Status}}").count("Up")
    shown = ship(place, images, "v6", "v1", "--dry-run").stdout.splitlines()
    assert shown[0] == f"cd {place}/deploy/compose"
    verbs = ("config", "pull", "run", "up", "exec", "port")
    found = [
        next(verb for verb in verbs if f" {verb} " in f"{line} ") for line in shown[1:] if "compose --project" in line
    ]
    assert list(dict.fromkeys(found)) == list(verbs)
    assert docker("ps", "--all", "--format", "{{.ID}} {{.Status}}").count("Up") == before


@pytest.mark.parametrize("job", ["before", "beside", "after"])
def test_a_job_of_each_kind_has_run_and_is_no_failure(place, job):
    """`docker compose up --wait` takes a container that has ended for a failure, unless another one waits for that."""
    name = f"hello-stage-{job}-1"
    assert docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name) == "exited 0"
    assert "done once" in docker("logs", name)


def test_only_the_gateway_is_published(place):
    ports = docker(
        "ps", "--filter", "label=com.docker.compose.project=hello-stage", "--format", "{{.Names}} {{.Ports}}"
    )
    published = [line.split(" ")[0] for line in ports.splitlines() if "->" in line]
    assert published == ["hello-stage-gateway-1"]


def test_another_route_comes_while_no_request_fails_and_the_gateway_runs_on(place, images):
    before = docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", GATEWAY)
    (place / "backend.py").write_text(BACKEND.replace("/v1/slow", "/v1/later"))
    stead("render", place, environ=images)
    with Stream(url()) as stream:
        ship(place, images, "v7", "later")
    assert stream.failed == []
    assert greeting("/v1/later") == '"slow"'
    assert docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", GATEWAY) == before


def test_a_gateway_that_is_told_to_stop_answers_first(place):
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(greeting, "/v1/later")
        time.sleep(0.5)
        began = time.monotonic()
        docker("stop", GATEWAY)
        took = time.monotonic() - began
        assert asked.result() == '"slow"'
    assert took < 8, "it was killed in the end"
    assert docker("inspect", "--format", "{{.State.ExitCode}}", GATEWAY) == "0"
