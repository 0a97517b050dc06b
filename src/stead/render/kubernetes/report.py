"""The report: how Kubernetes keeps each promise of a description."""

from collections.abc import Callable, Mapping

from stead.gateway.proxy.program import is_proxied
from stead.model import Backend
from stead.model.kubernetes import ExternalSecrets, Vault
from stead.render import external
from stead.render.docker.image_kind import PORT, kind_of
from stead.render.egress import egress
from stead.render.kubernetes.context import contexts
from stead.render.promise import PromiseStatus


def _constant(sentence: str) -> Callable[[Backend], str]:
    return lambda _: sentence


def _environments(backend: Backend) -> str:
    places = [f"`{each.environment.name}` in the namespace `{each.cluster.namespace}`" for each in contexts(backend)]
    return "; ".join(places)


def _secrets(backend: Backend) -> str:
    lines = []
    for context in contexts(backend):
        source = context.cluster.secrets
        kinds = {Vault: "files that Vault's agent writes", ExternalSecrets: "the External Secrets operator"}
        lines.append(
            f"{context.environment.name}: {kinds.get(type(source), 'Secrets by name, which an operator creates')}"
        )
    rotated = "; a process gets a rotated secret when its Pods are restarted (`kubectl rollout restart`)"
    return "; ".join(lines) + rotated


def _operations(backend: Backend) -> str:
    programs = [service.name for service in backend.services if is_proxied(service)]
    means = "the callee's keyring, `SERVICE_JWT_KEYS`, has each caller's key and its operations"
    return means + (f"; a proxy in the Pod does it for {', '.join(programs)}" if programs else "")


def _start(backend: Backend) -> str:
    given = [service.name for service in backend.services if kind_of(service) == "image"]
    return "images by digest, from `deploy/releases`" + (f"; third-party images: {', '.join(given)}" if given else "")


def _addresses(backend: Backend) -> str:
    return f"`http://<name>:{PORT}` in the setting that the caller reads" + external.addresses(backend)


def _calls(backend: Backend) -> str:
    count = {context.environment.name: len(context.permitted) for context in contexts(backend)}
    text = ", ".join(f"{name}: {number} calls" for name, number in count.items())
    return f"NetworkPolicies: all traffic is refused, except each declared call ({text})"


KEEPS: Mapping[str, PromiseStatus] = {
    "names": PromiseStatus(
        _constant("Services, resolved by the cluster's DNS; a NetworkPolicy decides who may connect")
    ),
    "start": PromiseStatus(_start),
    "version": PromiseStatus(_constant("`VERSION`, and the label `app.kubernetes.io/version`, of `deploy/releases`")),
    "environments": PromiseStatus(_environments),
    "left out": PromiseStatus(_constant("no file is written for it")),
    "settings": PromiseStatus(_constant("`env`, each as text; rendering fails when a value is missing")),
    "secrets": PromiseStatus(_secrets),
    "secrets by name": PromiseStatus(_constant("the keyring of the secrets service, in its `SERVICE_JWT_KEYS`")),
    "databases": PromiseStatus(_constant("the Job `postgres-databases` creates each missing one on the server")),
    "redis": PromiseStatus(
        _constant("each process has its own URL, as a secret; the owner of the server creates its users"), False
    ),
    "buckets": PromiseStatus(
        _constant("each process has its own URL, as a secret; the owner of the bucket creates it"), False
    ),
    "data": PromiseStatus(_constant("external servers hold the data: no volume is created here"), False),
    "migrations": PromiseStatus(
        _constant("services made with the kit migrate when they start, one at a time, under a lock, or by a job before")
    ),
    "invariants": PromiseStatus(
        _constant("`stead backup drill` restores into a scratch database and runs the service's checks")
    ),
    "calls": PromiseStatus(_calls),
    "egress": PromiseStatus(
        egress("NetworkPolicies allow only the addresses of `Kubernetes(egress=…)`: a policy has no host names")
    ),
    "operations": PromiseStatus(_operations),
    "addresses": PromiseStatus(_addresses),
    "routes": PromiseStatus(
        _constant(
            "Services are ClusterIP; an HTTPRoute leads to the gateway only, which derives its routes when it starts"
        )
    ),
    "users": PromiseStatus(_constant("Envoy verifies credentials; the agent in the same Pod fetches key sets")),
    "roles": PromiseStatus(_constant("Envoy checks them, and the service checks them again")),
    "timeouts": PromiseStatus(
        _constant(
            "Envoy, by route; the HTTPRoute's timeout is one second longer than the longest of them, and there is none"
            " where a route streams"
        )
    ),
    "rate": PromiseStatus(_constant("Envoy's local rate limit: each replica of the gateway counts for itself"), False),
    "origins": PromiseStatus(_constant("Envoy's CORS filter")),
    "health": PromiseStatus(_constant("startup, liveness and readiness probes, each with its own path")),
    "readiness": PromiseStatus(_constant("a Pod that is not ready is in no Service")),
    "liveness": PromiseStatus(_constant("the kubelet restarts a container that ends or fails its liveness probe")),
    "order": PromiseStatus(
        _constant(
            "sync waves: accounts and policies, databases, jobs before, services, jobs after; `stead ship` waits too."
            " A job is ended after ten minutes, and one that fails is tried three times more"
        )
    ),
    "schedule": PromiseStatus(
        _constant(
            "CronJobs in a time zone, `concurrencyPolicy: Forbid`; missed times are skipped, and a run is ended after"
            " ten minutes"
        )
    ),
    "traffic": PromiseStatus(
        _constant("as on this machine: Envoy forwards sockets and streams, and applies each route's limit to bodies")
    ),
    "replicas": PromiseStatus(_constant("`replicas`, or an autoscaler; a disruption budget where more than one runs")),
    "limits": PromiseStatus(
        _constant("CPU and memory of each container; processes are the node's `podPidsLimit`"), False
    ),
    "stop": PromiseStatus(_constant("5 s until proxies send no more requests, SIGTERM, and 15 s for open requests")),
    "logs": PromiseStatus(_constant("the kubelet rotates the logs of containers")),
    "hardening": PromiseStatus(
        _constant("Pod Security `restricted`, a read-only root file system, no token of the API server, user 10001")
    ),
    "edits": PromiseStatus(_constant("functions on `Deployment`, `Job`, `NetworkPolicy` …, in `Backend(edits=[…])`")),
}
