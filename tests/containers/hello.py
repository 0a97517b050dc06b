"""A small backend on a host, an image of each of its versions, and how one of them is shipped."""

import re
import shutil
import urllib.request

import pytest

from containers.docking import IMAGES, built, docker, free_port, stead

BACKEND = '''"""Hello: one service that greets, one that knows names, and a program that is no line of Stead's."""

from dataclasses import replace

from stead import Backend, Environment, Gateway, Health, Job, Route, Service
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
clock = Service(
    "clock",
    image="stead-test/hello:v1",
    command="python -P -m uvicorn hello:clock --host 0.0.0.0 --port 8000",
    health=Health(probe=("python", "-P", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000')")),
    routes=[Route.public("GET", "/v1/clock"), Route.public("POST", "/v1/clock")],
)
backend = Backend(
    "hello",
    gateway=Gateway("gateway", fronts=[hello, clock]),
    services=[clock, hello, names],
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


async def clock(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"noon"})


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
