"""A backend of Workers, and a deploy of it against the stand-in of Cloudflare's API."""

from dataclasses import replace

import httpx2

from stead.model import Backend, Environment, Gateway, Postgres, Route, Service, Setting, Workers
from stead.ops.ship.workers import WorkersRollout
from stead.ops.ship.workers_preflight import WorkersPreflight
from stead.render.targets import generated
from stead.render.workers.context import WorkersContext
from stead.testing.cloudflare import SERVED

CODE = "export default { async fetch(request: Request): Promise<Response> { return new Response(request.url); } };\n"
SECRETS = {
    "SERVICE_JWT_SECRET": "s" * 40,
    "A_DATABASE_URL": "postgresql://$HOME:p@h/a",
    "PARTNER_KEY": "key-0123456789",
}
VARS = {"SENDER": "mail: me"}


def a_backend(names="ab"):
    """Services in a row, each of which calls the one before, and the gateway in front of all."""
    services = []
    for name in names:
        calls = [services[-1].may("ask")] if services else []
        needs = [Postgres()] if name == "a" else []
        settings = [Setting("SENDER"), Setting("PARTNER_KEY", secret=True)] if name == "b" else []
        routes = [Route.service("POST", f"/v1/{name}", "ask"), Route.public("GET", f"/v1/{name}")]
        worker = f"apps/{name}"
        services.append(Service(name, worker=worker, calls=calls, needs=needs, settings=settings, routes=routes))
    environments = [Environment("dev"), Environment("staging", workers=Workers())]
    return Backend("shop", services, Gateway("edge", fronts=services), environments=environments)


ORDER = ["a", "b", "edge"]
SIX = a_backend("abcde")
ORDER_OF_SIX = ["a", "b", "c", "d", "e", "edge"]


class Reached(httpx2.BaseTransport):
    """An address of workers.dev leads to the stand-in."""

    def __init__(self, cloudflare):
        self.cloudflare, self.inner = cloudflare, httpx2.HTTPTransport()

    def handle_request(self, request):
        worker = request.url.host.partition(".")[0]
        url = f"{self.cloudflare.url}{SERVED}{worker}{request.url.path}"
        return self.inner.handle_request(httpx2.Request(request.method, url))

    def close(self):
        self.inner.close()


def written(folder, backend):
    texts = generated(backend, ["workers"])
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for service in backend.services:
        entry = folder / str(service.worker) / "src" / "index.ts"
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(CODE)
    return folder


def ready(folder, cloudflare, version="v1", backend=None, **given):
    backend = backend or a_backend()
    environment = backend.environment("staging")
    context = WorkersContext(backend, environment, environment.workers)
    values = {**SECRETS, **VARS, **cloudflare.environ, **given}
    return WorkersPreflight(context, folder, values, version)


def rollout(folder, cloudflare, version="v1", *, timeout=5.0, steps=None, **more):
    def tell(title, _seconds, wrong):
        (steps if steps is not None else []).append((title, wrong))

    made = WorkersRollout(ready(folder, cloudflare, version, **more), tell, timeout=timeout)
    return replace(made, client=lambda: httpx2.Client(transport=Reached(cloudflare)))


def deploys(*names):
    return [f"deploy shop-{name}-staging" for name in names]


def backs(*names):
    return [f"roll back shop-{name}-staging" for name in names]


def versions(cloudflare):
    return {name.split("-")[1]: script.serving.text("VERSION") for name, script in cloudflare.scripts.items()}
