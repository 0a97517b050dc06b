"""The report: how Compose keeps each promise of a description."""

from collections.abc import Callable, Mapping

from stead.gateway.proxy.program import is_program
from stead.model import AnyService, Backend, Bucket, Job, Postgres, Redis, Resource
from stead.render import external
from stead.render.compose.context import ComposeContext, agent_of
from stead.render.compose.egress import open_services
from stead.render.compose.network import groups
from stead.render.docker.image_kind import PORT, built, kind_of
from stead.render.egress import egress
from stead.render.environment_alias import short
from stead.render.promise import PromiseStatus

MANY = 25  # networks: with Docker's own address pools a machine has room for about thirty


def _constant(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _start(backend: Backend) -> str:
    images = ", ".join(sorted(built(backend)) or ["none"])
    given = [service.name for service in _services(backend) if kind_of(service) == "image"]
    return f"images built: {images}" + (f"; third-party images: {', '.join(given)}" if given else "")


def _environments(backend: Backend) -> str:
    files = ", ".join(f"`compose.{short(environment.name)}.yaml`" for environment in backend.environments)
    return f"`compose.yaml` has what environments share; one of {files} adds to it; each environment is its own project"


def _left_out(backend: Backend) -> str:
    lines = [
        f"{environment.name}: without {', '.join(service.name for service in environment.without)}"
        for environment in backend.environments
        if environment.without
    ]
    return "; ".join(lines) or "every service runs everywhere"


def _resources(kind: type[Resource], sentence: str) -> Callable[[Backend], str]:
    def how(backend: Backend) -> str:
        processes: tuple[AnyService | Job, ...] = (*backend.services, *backend.jobs)
        users = [each.name for each in processes if any(isinstance(need, kind) for need in each.resources)]
        return f"{sentence} ({', '.join(users)})" if users else "no process needs one"

    return how


def _calls(backend: Backend) -> str:
    context = ComposeContext(backend, backend.environments[0])
    calls = context.calls
    count = len(groups((context.front(one), context.front(two)) for one, two in calls)) + len(context.sidecars)
    warning = "; Docker needs `default-address-pools` for so many" if count > MANY else ""
    return (
        f"{len(calls)} calls over {count} networks: two containers share a network only when one may call the other; "
        f"the networks of the servers are `internal`{warning}"
    )


def _egress(backend: Backend) -> str:
    closed = "a program reaches the hosts that it declares, each through an Envoy of its own, and no other"
    anywhere = ", ".join([*open_services(backend), *(job.name for job in backend.jobs)])
    rest = f"; not enforced: the containers of {anywhere} can reach any host" if anywhere else ""
    return egress(closed)(backend) + rest


def _operations(backend: Backend) -> str:
    programs = [service.name for service in _services(backend) if is_program(service)]
    means = "the callee's keyring, `SERVICE_JWT_KEYS`, has each caller's key and its operations"
    before = f"; {', '.join(programs)}: the keyring is the proxy's, and only the proxy reaches the program"
    return means + (before if programs else "")


def _addresses(backend: Backend) -> str:
    usual = f"`http://<name>:{PORT}` in the setting that the caller reads"
    callers = [each.name for each in filter(is_program, backend.processes) if each.calls]
    through = f"; {', '.join(callers)} call through their own proxy, which adds the service token" if callers else ""
    return usual + through + external.addresses(backend)


def _routes(backend: Backend) -> str:
    if not backend.gateway:
        return "there is no gateway: nothing is published outside of dev"
    return (
        f"outside of dev only `{backend.gateway.name}` publishes a port; "
        f"its routes are derived from the description when it starts, by `{agent_of(backend.gateway)}`"
    )


def _at_gateway(sentence: str) -> Callable[[Backend], str]:
    return lambda backend: sentence if backend.gateway else "there is no gateway"


def _order(backend: Backend) -> str:
    jobs = ", ".join(f"`{job.name}` {job.runs}" for job in backend.jobs) or "no jobs"
    return f"`depends_on` with conditions: healthy, or completed; one-shots have `restart: no` ({jobs})"


def _schedule(backend: Backend) -> str:
    names = ", ".join(job.name for job in backend.jobs if job.is_scheduled)
    how = "a container waits, runs the job, and waits again; each run is in its log"
    return f"{how} ({names})" if names else "no job has a schedule"


def _replicas(backend: Backend) -> str:
    several = [f"{service.name} {service.replicas}" for service in _services(backend) if service.replicas > 1]
    return f"`deploy.replicas`: {', '.join(several) or 'one of each'}; Docker's DNS spreads connections over them"


def _services(backend: Backend) -> tuple[AnyService, ...]:
    return tuple(backend.services)


SECRETS = (
    "files that git ignores, mounted in `/run/secrets` of the processes that declare them (`stead render --secrets`)"
)
DATA = "named volumes, separate for each environment; with `compose.elsewhere.yaml`, external servers"
BUCKETS = "`s3-buckets` creates each; its user may access that bucket only, and of the server only S3 can be reached"
KEEPS: Mapping[str, PromiseStatus] = {
    "names": PromiseStatus(
        _constant("service names of the project, resolved by Docker's DNS inside shared networks only")
    ),
    "start": PromiseStatus(_start),
    "version": PromiseStatus(_constant("`VERSION` is required outside of dev, and /health reports it")),
    "environments": PromiseStatus(_environments),
    "left out": PromiseStatus(_left_out),
    "settings": PromiseStatus(
        _constant("`environment` has only declared settings; `${NAME:?…}` stops Compose when one is missing")
    ),
    "secrets": PromiseStatus(_constant(SECRETS)),
    "secrets by name": PromiseStatus(_constant("the keyring of the secrets service, in its `SERVICE_JWT_KEYS`")),
    "databases": PromiseStatus(_resources(Postgres, "`postgres-databases` creates each missing one, at every start")),
    "redis": PromiseStatus(_resources(Redis, "a user in the server's ACL file, with keys that begin with its name")),
    "buckets": PromiseStatus(
        _resources(
            Bucket, "`s3-buckets` creates each; its user may access that bucket only, and only S3 can be reached"
        )
    ),
    "data": PromiseStatus(_constant(DATA)),
    "migrations": PromiseStatus(
        _constant("services made with the kit migrate when they start, one at a time, under a lock")
    ),
    "invariants": PromiseStatus(
        _constant("`stead backup drill` restores into a scratch database and runs the service's own checks")
    ),
    "calls": PromiseStatus(_calls),
    "egress": PromiseStatus(_egress, fully=False),
    "operations": PromiseStatus(_operations),
    "addresses": PromiseStatus(_addresses),
    "routes": PromiseStatus(_routes),
    "users": PromiseStatus(_at_gateway("Envoy verifies credentials; the agent fetches key sets, in its own container")),
    "roles": PromiseStatus(_at_gateway("Envoy checks them, and the service checks them again")),
    "timeouts": PromiseStatus(_at_gateway("Envoy, by route; each call carries the remaining time")),
    "traffic": PromiseStatus(
        _constant("Envoy, in the gateway and in each program's proxy, applies each route's limits")
    ),
    "rate": PromiseStatus(_at_gateway("Envoy's local rate limit, in the one gateway")),
    "origins": PromiseStatus(_at_gateway("Envoy's CORS filter")),
    "health": PromiseStatus(
        _constant("a healthcheck of every service, run inside the image, requests its health path")
    ),
    "readiness": PromiseStatus(
        _constant(
            "`service_healthy` before a dependent starts; afterwards Docker's DNS still resolves unhealthy containers"
        ),
        fully=False,
    ),
    "liveness": PromiseStatus(
        _constant(
            "`restart: unless-stopped` for a process that ends; Docker marks a hanging container unhealthy, but "
            "does not restart it"
        ),
        fully=False,
    ),
    "order": PromiseStatus(_order),
    "schedule": PromiseStatus(_schedule),
    "replicas": PromiseStatus(_replicas),
    "limits": PromiseStatus(_constant("`deploy.resources.limits`: CPU, memory and processes of every container")),
    "stop": PromiseStatus(_constant("SIGTERM to a process that handles it, and `stop_grace_period` before SIGKILL")),
    "logs": PromiseStatus(_constant("json-file, 5 files of 10 MB for each container")),
    "hardening": PromiseStatus(
        _constant("a numeric user, `read_only`, `cap_drop: [ALL]`, `no-new-privileges`, a sized `tmpfs`, bounded files")
    ),
    "edits": PromiseStatus(_constant("functions on `ComposeFile` and `Dockerfile`, in `Backend(edits=[…])`")),
}
