"""A service in Python behind its small Worker: the real workerd and service, a stand-in of the container engine."""

import asyncio
import json
import signal
import subprocess
from contextlib import asynccontextmanager, contextmanager

import httpx2
import pytest

from gateway.edge import eventually, free_port
from gateway.worker import listens
from npm import node_modules
from stead.model import Backend, Environment, Gateway, Service, Workers
from stead.model.request_limits import MAX_BODY
from stead.model.workers import COMPATIBILITY_DATE
from stead.render.workers import files
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.services import points
from stead.testing.docker_engine import StandInEngine, end
from stead.testing.harness import App, identities

HOST = "127.0.0.1"
SERVICE = points.service("points-service")
EGRESS = "egress"  # the runtime wants an image beside each container, by which it keeps one from the network
AWARD = {"user_id": "user_1", "amount": 10, "reason": "welcome", "occurred_at": "2026-01-01T00:00:00Z"}


def rendered(folder):
    """Render the Worker in front of the service, bundle it, and return the words of its image."""
    backend = Backend(
        "tried",
        [SERVICE],
        Gateway("api-gateway", fronts=[SERVICE]),
        environments=[Environment("dev"), Environment("test", workers=Workers())],
    )
    (folder / "node_modules").symlink_to(node_modules())
    (folder / "backend.py").touch()
    texts = files(backend)
    for path, text in texts.items():
        (folder / "deploy" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "deploy" / path).write_text(text)
    made = Service(SERVICE.name, worker=f"deploy/workers/{SERVICE.name}/index.js")
    bundle(WorkerSource.of(made, folder), folder / "worker.js")
    image = texts[f"workers/{SERVICE.name}/Dockerfile"]
    return json.loads(image.rpartition("ENTRYPOINT ")[2])


def configuration(port, names, engine):
    bindings = [f'(name = "{name}", fromEnvironment = "{name}")' for name in sorted(names)]
    bindings.append('(name = "CONTAINER", durableObjectNamespace = "Service")')
    return f"""using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "points", worker = .points)],
  sockets = [(name = "points", address = "{HOST}:{port}", http = (), service = "points")],
);
const points :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "{COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_compat"],
  durableObjectNamespaces = [
    (className = "Service", uniqueKey = "points", enableSql = true, container = (imageName = "points"))
  ],
  durableObjectStorage = (inMemory = void),
  containerEngine = (
    localDocker = (socketPath = "unix:{engine.path}", containerEgressInterceptorImage = "{EGRESS}")
  ),
  bindings = [{", ".join(bindings)}],
);
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("container")
    return folder, rendered(folder)


@asynccontextmanager
async def standing(image, database_url):
    """Run the Worker before an engine, for as long as the block lasts; yield the service and the engine."""
    folder, words = image
    told, keys = identities(SERVICE)
    engine = StandInEngine(words, folder / "engine.sock", folder / "container.log")
    with engine.running(), workerd(folder, told | {"DATABASE_URL": database_url}, engine) as url:
        async with httpx2.AsyncClient(base_url=url, timeout=40) as client:
            yield App(client, SERVICE, keys), engine


@contextmanager
def workerd(folder, environ, engine):
    port = free_port()
    (folder / "workerd.capnp").write_text(configuration(port, environ, engine))
    words = [program("workerd", folder), "serve", "--experimental", "--verbose", str(folder / "workerd.capnp")]
    with (folder / "workerd.log").open("w") as log:
        process = subprocess.Popen(words, env=environ, stdout=log, stderr=log)
    try:
        eventually(lambda: listens(process, port, folder / "workerd.log"), 15)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait(10)


def container(engine):
    return next(each for each in engine.containers.values() if not each.is_proxy)


async def test_the_first_request_starts_the_container_and_the_service_decides_who_may_ask(image, database_url):
    async with standing(image, database_url) as (app, engine):
        said = {"service": "points-service", "env": "test", "status": "ok", "version": "test"}
        assert (await app.get("/health")).json() == said
        first, again = [await app.post("/v1/awards", caller="auth-service", key="k", json=AWARD) for _ in range(2)]
        assert (first.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, first.json(), "true")
        assert (await app.client.post("/v1/awards", json=AWARD)).status_code == 401
        assert (await app.post("/v1/awards", caller="stranger", key="k", json=AWARD)).status_code == 401
        large = await app.post("/v1/awards", caller="auth-service", key="l", content=b"x" * (MAX_BODY + 1))
        assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
        assert engine.asked.count("POST /containers/create") == 2  # the service's, and the proxy before it
        given = {*container(engine).environ}
        assert {"DATABASE_URL", "SERVICE_JWT_KEYS", "HOST", "PORT"} <= given
        assert not {"PATH", "HOME"} & given


async def test_a_container_that_ended_is_started_again_and_a_write_that_it_had_taken_is_not_repeated(
    image, database_url
):
    async with standing(image, database_url) as (app, engine):
        assert (await app.get("/health")).status_code == 200
        container(engine).process.send_signal(signal.SIGSTOP)
        write = asyncio.create_task(app.post("/v1/awards", caller="auth-service", key="k", json=AWARD))
        await asyncio.sleep(0.5)
        end(container(engine), signal.SIGKILL)
        answer = await write
        assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
        assert (await app.get("/v1/points/balance", user="user_1")).json()["balance"] == 0
