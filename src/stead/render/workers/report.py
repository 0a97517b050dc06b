"""The report: how Workers keep each promise of a description, fully or in part."""

from collections.abc import Callable, Mapping

from stead.model import Backend, Bucket, Postgres, Redis, Resource
from stead.render.egress import egress
from stead.render.promise import PromiseStatus
from stead.render.workers.config import PERIOD
from stead.render.workers.context import Kind, contexts
from stead.render.workers.order import back_edges


def _fixed(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _of_kind(backend: Backend, kind: Kind) -> list[str]:
    found = {each.name for context in contexts(backend) for each in context.processes if context.kind_of(each) == kind}
    return sorted(found)


def _start(backend: Backend) -> str:
    workers, containers = _of_kind(backend, "worker"), _of_kind(backend, "container")
    own = f"Workers with code of their own: {', '.join(workers) or 'none'}"
    return f"{own}; containers, each behind a small Worker: {', '.join(containers) or 'none'}"


def _environments(backend: Backend) -> str:
    names = [context.environment.name for context in contexts(backend)]
    return f"one Worker for each of {', '.join(names) or 'none'}; every `env` of a wrangler.jsonc is complete"


def _left_out(backend: Backend) -> str:
    lines = [
        f"{context.environment.name}: without {', '.join(service.name for service in context.environment.without)}"
        for context in contexts(backend)
        if context.environment.without
    ]
    return "; ".join(lines) or "every service runs everywhere"


def _calls(backend: Backend) -> str:
    public = {
        each.name
        for context in contexts(backend)
        for each in context.processes
        if context.is_public(each) and context.kind_of(each) != "gateway"
    }
    alone = f"; {', '.join(sorted(public))}: a container calls it at its public address" if public else ""
    return (
        "there is no network policy: a service has no public address, and is reached by the service bindings of its "
        f"declared callers; behind them the keyring refuses undeclared callers{alone}"
    )


def _resources(kind: type[Resource], sentence: str) -> Callable[[Backend], str]:
    def how(backend: Backend) -> str:
        users = [each.name for each in backend.services if any(isinstance(need, kind) for need in each.resources)]
        return f"{sentence} ({', '.join(users)})" if users else "no service needs one"

    return how


def _order(backend: Backend) -> str:
    cycles = {f"{caller} → {callee}" for context in contexts(backend) for caller, callee in back_edges(context)}
    more = f"; in a cycle, and bound by a second deploy: {', '.join(sorted(cycles))}" if cycles else ""
    return f"`deployment.json`: callees before their callers{more}; jobs are refused"


def _rate(backend: Backend) -> str:
    if not backend.gateway:
        return "there is no gateway"
    limit = backend.gateway.rate.per_second * PERIOD
    return f"a rate limiting binding: {limit} in {PERIOD} s for each client, counted in each of Cloudflare's locations"


def _at_gateway(sentence: str) -> Callable[[Backend], str]:
    return lambda backend: sentence if backend.gateway else "there is no gateway"


SHARED = (
    "service tokens, HS256 by the one `SERVICE_JWT_SECRET` of the environment: a compromised Worker could sign "
    "as another, though its bindings lead only to the callees that it declares"
)
OUTSIDE = "an external server, in the secret that the service reads; its operator creates a role for each"
KEEPS: Mapping[str, PromiseStatus] = {
    "names": PromiseStatus(_fixed("`<backend>-<service>-<environment>`: no two environments share a Worker")),
    "start": PromiseStatus(_start),
    "version": PromiseStatus(_fixed("`VERSION` is given by the deploy; without it every request is refused")),
    "environments": PromiseStatus(_environments),
    "left out": PromiseStatus(_left_out),
    "settings": PromiseStatus(_fixed("`vars` of each environment; `--var` at the deploy for those without a value")),
    "secrets": PromiseStatus(_fixed("uploaded with a version, as JSON; `secrets.required` names them")),
    "secrets by name": PromiseStatus(_fixed("the keyring of the secrets service, in its `SERVICE_JWT_KEYS`")),
    "databases": PromiseStatus(_resources(Postgres, OUTSIDE), fully=False),
    "redis": PromiseStatus(_resources(Redis, OUTSIDE), fully=False),
    "buckets": PromiseStatus(_resources(Bucket, OUTSIDE), fully=False),
    "data": PromiseStatus(_fixed("no Worker stores data: external servers do")),
    "migrations": PromiseStatus(
        _fixed("a container of the kit migrates when it starts; the pipeline migrates a Worker's own schema"),
        fully=False,
    ),
    "invariants": PromiseStatus(
        _fixed("checked from outside, by an operator who can reach the database: `stead backup drill`")
    ),
    "calls": PromiseStatus(_calls, fully=False),
    "egress": PromiseStatus(egress("not enforced: a Worker can reach any host"), fully=False),
    "operations": PromiseStatus(_fixed(SHARED), fully=False),
    "addresses": PromiseStatus(_fixed("a service binding, such as `POINTS_SERVICE` beside `POINTS_SERVICE_URL`")),
    "routes": PromiseStatus(_at_gateway("the gateway's Worker serves only the routes in its table")),
    "users": PromiseStatus(_at_gateway("the gateway's Worker verifies credentials, and fetches key sets")),
    "roles": PromiseStatus(
        _at_gateway("the gateway's Worker, and the guard in front of each service checks them again")
    ),
    "timeouts": PromiseStatus(_at_gateway("the gateway's Worker, by route; each call carries the remaining time")),
    "rate": PromiseStatus(_rate, fully=False),
    "origins": PromiseStatus(_at_gateway("the gateway's Worker answers preflights")),
    "health": PromiseStatus(
        _fixed("`stead ship workers` checks health after the deploy; nothing checks it later"), fully=False
    ),
    "readiness": PromiseStatus(_fixed("a request waits for a container that starts; a Worker starts with its request")),
    "liveness": PromiseStatus(_fixed("Cloudflare starts a Worker, or a container that ended, with the next request")),
    "order": PromiseStatus(_order),
    "schedule": PromiseStatus(_fixed("refused: no job runs there")),
    "traffic": PromiseStatus(_fixed("requests and responses; sockets, streams and larger bodies are refused")),
    "replicas": PromiseStatus(_fixed("`max_instances` of containers; Workers run as many as there are requests")),
    "limits": PromiseStatus(_fixed("Cloudflare's own: 128 MB a Worker; the smallest container"), fully=False),
    "stop": PromiseStatus(_fixed("the version that accepted a request completes it")),
    "logs": PromiseStatus(_fixed("`observability.enabled`: Cloudflare stores it for the time of the account's plan")),
    "hardening": PromiseStatus(_fixed("isolates without a file system; containers are virtual machines of their own")),
    "edits": PromiseStatus(_fixed("functions on `WranglerConfig`, in `Backend(edits=[…])`")),
}
