"""The gateway as a Worker, in the real workerd, before the same services as the Envoy of `gateway.edge`."""

import json
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.edge import PARTY, Edge, Services, Upstream, Verifier, a_backend, eventually, free_port
from npm import node_modules
from stead.kit.caller import Keyring
from stead.kit.key import jwk_set, new_private_key, public_jwk, trusted_keys
from stead.model import Environment, Service, Workers
from stead.model.workers import COMPATIBILITY_DATE
from stead.render.workers.context import WorkersContext
from stead.render.workers.entry import entry, runtime
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written
from stead.testing.clerk import StandInClerk

HOST = "127.0.0.1"


@dataclass
class KeyServer(Upstream):
    """The identity provider's key set, over HTTP."""

    keys: str = ""

    async def answer(self, request):
        return 200, ["content-type: application/json"], self.keys.encode()


@dataclass
class WorkerEdge(Edge):
    """A running gateway; `logged` is Envoy's alone."""

    secret: str = ""


def bundled(backend, folder):
    """Render the gateway of a backend, and bundle it; return the context that it was rendered for."""
    context = WorkersContext(backend, Environment("test"), Workers())
    (folder / "node_modules").symlink_to(node_modules())
    (folder / "backend.py").touch()
    texts = runtime({"gateway"}) | {"edge/index.js": entry(backend.gateway, context)}
    for name, text in texts.items():
        file = folder / "deploy" / "workers" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    stand_in = Service("edge", worker="deploy/workers/edge/index.js")
    bundle(WorkerSource.of(stand_in, folder), folder / "edge.js")
    return context


def start(folder, port, settings, callees):
    config = WorkerConfig("edge", "edge.js", port, sorted(settings), callees)
    (folder / "workerd.capnp").write_text(written([config], HOST, COMPATIBILITY_DATE))
    environ = {variable("edge", name): text for name, text in settings.items()}
    words = [program("workerd", folder), "serve", "--verbose", str(folder / "workerd.capnp")]
    with (folder / "workerd.log").open("w") as log:
        return subprocess.Popen(words, env=environ, stdout=log, stderr=log)


def listens(process, port, log):
    assert process.poll() is None, log.read_text()
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def a_worker_edge(backend=None, *, environ=None):
    backend = backend or a_backend()
    folder = Path(tempfile.mkdtemp(prefix="stead-worker-"))
    clerk = StandInClerk()
    secret = new_private_key("api-gateway")
    entry_of_gateway = public_jwk(secret, "api-gateway", may=("front", "introspect"))
    keys = trusted_keys(jwk_set({"api-gateway": entry_of_gateway}), None)
    services = Services(
        Upstream("things-service", Keyring(keys, "things-service")),
        Verifier("token-service", Keyring(keys, "token-service")),
        KeyServer("keys", keys=json.dumps(clerk.key_set())),
    )
    context = bundled(backend, folder)
    ports = {name: one.port for name, one in services.by_name.items()} | {"down-service": free_port()}
    callees = {name: ports[each.name] for name, each in context.callees(backend.gateway).items() if each.name in ports}
    settings = {
        "ENVIRONMENT": "test",
        "VERSION": "abc123",
        "SERVICE_JWT_SECRET": secret,
        "CLERK_ISSUER": clerk.issuer,
        "CLERK_JWKS_URL": f"http://{HOST}:{ports['keys']}/jwks",
        "CLERK_AUTHORIZED_PARTIES": PARTY,
    } | (environ or {})
    port = free_port()
    workerd = start(folder, port, settings, callees)
    try:
        eventually(lambda: listens(workerd, port, folder / "workerd.log"), 15)
        yield replace(WorkerEdge(folder, clerk, services, workerd, workerd, port), secret=secret)
    finally:
        workerd.terminate()
        workerd.wait(10)
        services.close()
        shutil.rmtree(folder)
