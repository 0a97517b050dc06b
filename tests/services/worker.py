"""A service of rewards as the Worker that is deployed: guarded, bundled, in the real workerd, asked over loopback.

The tests of its contract are those of the service in Python.
"""

import subprocess
from contextlib import asynccontextmanager, contextmanager

import httpx2

from gateway.edge import eventually, free_port
from gateway.worker import listens
from npm import ROOT, node_modules
from stead.model import Backend, Environment, Gateway, Service, Workers
from stead.model.workers import COMPATIBILITY_DATE
from stead.render.workers.context import WorkersContext
from stead.render.workers.entry import entry, runtime
from stead.run.workerd_bundle import WorkerSource, bundle, program
from stead.run.workerd_config import WorkerConfig, variable, written
from stead.testing.harness import USUAL, App, identities

HOST = "127.0.0.1"
REWARDS = ROOT / "backends" / "rewards"


def bundled(service, folder):
    """Bundle the Worker of a service behind its guard, and return the folder with `worker.js`."""
    (folder / "node_modules").symlink_to(node_modules())
    (folder / "backend.py").touch()
    source = f"apps/{service.name}"
    for name in ("apps", "packages"):
        (folder / name).symlink_to(REWARDS / name)
    callees = [call.callee for call in service.calls]
    others = {*USUAL} - {service.name, *(each.name for each in callees)} if service.operations else ()
    callers = [Service(name, command="none", calls=[service.may(*service.operations)]) for name in sorted(others)]
    backend = Backend("tried", [service, *callees, *callers], Gateway("api-gateway", fronts=[service]))
    context = WorkersContext(backend, Environment("test"), Workers(sources={service: source}))
    texts = runtime({"worker"}) | {f"{service.name}/index.js": entry(service, context)}
    for path, text in texts.items():
        file = folder / "deploy" / "workers" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    made = Service(service.name, worker=f"deploy/workers/{service.name}/index.js")
    bundle(WorkerSource.of(made, folder), folder / "worker.js")
    return folder


@asynccontextmanager
async def running(service, folder, environ, callees=None):
    """Run a bundled Worker for as long as the block lasts."""
    told, keys = identities(service)
    with serving(service.name, folder, told | environ, callees or {}) as port:
        async with httpx2.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=20) as client:
            yield App(client, service, keys)


@contextmanager
def serving(name, folder, settings, callees):
    port = free_port()
    config = WorkerConfig(name, "worker.js", port, sorted(settings), callees)
    (folder / "workerd.capnp").write_text(written([config], HOST, COMPATIBILITY_DATE))
    given = {variable(name, setting): text for setting, text in settings.items()}
    words = [program("workerd", folder), "serve", "--verbose", str(folder / "workerd.capnp")]
    with (folder / "workerd.log").open("w") as log:
        workerd = subprocess.Popen(words, env=given, stdout=log, stderr=log)
    try:
        eventually(lambda: listens(workerd, port, folder / "workerd.log"), 15)
        yield port
    finally:
        workerd.terminate()
        workerd.wait(10)


def same_sql(name, app):
    """Hold the SQL of a Worker against that of the service in Python, file by file."""
    theirs, ours = ROOT / "src" / "stead" / "services" / name, REWARDS / "apps" / app
    for path in (*sorted(theirs.glob("migrations/*.sql")), theirs / "queries.sql"):
        copy = ours / path.relative_to(theirs)
        assert copy.read_text() == path.read_text(), f"cp {path} {copy}"
    kit = ROOT / "src" / "stead" / "kit" / "idempotency" / "migrations" / "0001_idempotency.sql"
    copy = REWARDS / "packages" / "service" / "migrations" / kit.name
    assert copy.read_text() == kit.read_text(), f"cp {kit} {copy}"
